/**
 * Which names a folder can hold.
 * @module
 */

import type { Tree } from "../tree.ts";
import type { NameRefusal } from "./report.ts";

const DOT = 0x2e;
const SLASH = 0x2f;

/** The folder that e2fsck wants in every root; it moves files there that lost their name. */
export const LOST_AND_FOUND = Uint8Array.from("lost+found", (letter) => letter.charCodeAt(0));

/**
 * Why a name cannot be stored, or `undefined`.
 * @param previous the name row before it in the same folder, or -1
 */
export function refusalOfName(
  tree: Tree,
  entry: number,
  previous: number,
): NameRefusal | undefined {
  const { bytes } = tree;
  const start = tree.nameOffset[entry]!;
  const length = tree.nameLength[entry]!;
  if (length === 0) return "empty";
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i]!;
    if (byte === SLASH) return "slash";
    if (byte === 0) return "nul";
  }
  if (length <= 2 && bytes[start] === DOT && bytes[start + length - 1] === DOT) return "dot";
  if (previous >= 0 && isSameName(tree, entry, previous)) return "duplicate";
  return undefined;
}

/** Whether a name row is `lost+found`. */
export function isLostAndFound(tree: Tree, entry: number): boolean {
  if (tree.nameLength[entry] !== LOST_AND_FOUND.length) return false;
  const start = tree.nameOffset[entry]!;
  return LOST_AND_FOUND.every((byte, i) => tree.bytes[start + i] === byte);
}

function isSameName(tree: Tree, a: number, b: number): boolean {
  const length = tree.nameLength[a]!;
  if (tree.nameLength[b] !== length) return false;
  const startA = tree.nameOffset[a]!;
  const startB = tree.nameOffset[b]!;
  for (let i = length - 1; i >= 0; i--) {
    if (tree.bytes[startA + i] !== tree.bytes[startB + i]) return false;
  }
  return true;
}
