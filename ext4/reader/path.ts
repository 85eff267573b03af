/**
 * Paths: bytes with slashes, taken apart and put together.
 * @module
 */

import { PathError } from "./path_error.ts";

/** A path from the root of the image. Strings are encoded as UTF-8; bytes are taken as they are. */
export type ImagePath = string | Uint8Array;

const SLASH = 0x2f;
const DOT = 0x2e;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The parts of a path between its slashes; empty ones and `.` left out, `..` kept.
 * @throws PathError when a part has a NUL
 */
export function splitPath(path: ImagePath): Uint8Array[] {
  const bytes = typeof path === "string" ? encoder.encode(path) : path;
  if (bytes.includes(0)) {
    const text = pathText(path);
    throw new PathError("bad-path", text, `cannot look up ${text}: a path cannot hold a NUL.`);
  }
  const parts: Uint8Array[] = [];
  for (let start = 0; start <= bytes.length;) {
    const slash = bytes.indexOf(SLASH, start);
    const end = slash < 0 ? bytes.length : slash;
    const part = bytes.subarray(start, end);
    if (part.length > 0 && !(part.length === 1 && part[0] === DOT)) parts.push(part);
    start = end + 1;
  }
  return parts;
}

/** Whether a part of a path is `..`. */
export function isParent(part: Uint8Array): boolean {
  return part.length === 2 && part[0] === DOT && part[1] === DOT;
}

/** `folder`, a slash, and `name`; nothing before the slash for the root. */
export function joinPath(folder: Uint8Array, name: Uint8Array): Uint8Array {
  if (folder.length === 0) return name;
  const path = new Uint8Array(folder.length + 1 + name.length);
  path.set(folder);
  path[folder.length] = SLASH;
  path.set(name, folder.length + 1);
  return path;
}

/** A path or name as a string, for people; what is not UTF-8 becomes U+FFFD. */
export function pathText(path: ImagePath): string {
  return typeof path === "string" ? path : decoder.decode(path);
}

/** A path from the root, without slashes at its ends; `undefined` for an inode's number. */
export function wholePath(file: ImagePath | number): Uint8Array | undefined {
  if (typeof file === "number") return undefined;
  return splitPath(file).reduce(joinPath, new Uint8Array());
}
