/**
 * Names that a plan has seen, and a scan has not found any more.
 * @module
 */

import { existsSync } from "node:fs";
import { compareBytes } from "../../ext4/compare_bytes.ts";
import {
  hasType,
  nameOf,
  S_IFDIR,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { printable } from "../../host/libc/paths.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { NamesReader } from "../cut/names_file.ts";
import { comparePaths, type PathNames, pathNames, PathStack } from "../cut/path_stack.ts";
import { ScratchFile } from "../files/scratch.ts";
import type { PlannedVolume } from "../plan/plan.ts";
import { keyOf, type MovedNode, type MovedTree } from "./moved_tree.ts";

/** How what a scan has found differs from a plan. */
export interface Changes {
  readonly problems: readonly Problem[];
  readonly countGone: number;
  readonly countNew: number;
}

/** So many are named; the rest is counted. */
const MOST_NAMED = 1000;
const WHY = "it was there when the plan was made, and is gone";

/** How a scan differs from what was planned. @param namesPath The list of the plan's names. */
export async function changesSince(
  tree: Tree,
  volume: PlannedVolume,
  moved: MovedTree,
  namesPath: string,
  signal: AbortSignal,
): Promise<Changes> {
  const gone = new GoneNames(tree);
  const from = volume.range === undefined ? undefined : pathNames(volume.range.from);
  lookForMoved(moved.root, [], gone);
  const countHeld = tree.countEntries + (from?.length === 0 ? 1 : 0) -
    countRepeated(moved.root, volume, gone);
  if (from === undefined) return gone.changes(countHeld);
  if (!existsSync(namesPath)) return uncompared(volume, moved, countHeld, namesPath);
  const file = ScratchFile.open(namesPath, "r");
  try {
    await lookForRange(file, volume, from, moved, gone, signal);
  } finally {
    file.close();
  }
  return gone.changes(countHeld);
}

/** Without the list of names, they can only be counted. */
function uncompared(
  { countNames }: PlannedVolume,
  { countHere, countAway }: MovedTree,
  countHeld: number,
  namesPath: string,
): Changes {
  const countMore = countHeld - (countNames + countHere - countAway);
  if (countMore >= 0) return { problems: [], countGone: 0, countNew: countMore };
  const reason = `at least ${-countMore} names that were there when the plan was made are gone; ` +
    "which ones is not known without the list of its names";
  const problems = [{ kind: "vanished" as const, path: printable(namesPath), reason }];
  return { problems, countGone: -countMore, countNew: 0 };
}

/** Folders that are there only for what they hold. */
function countRepeated(root: MovedNode, { range }: PlannedVolume, gone: GoneNames): number {
  const from = range === undefined ? undefined : pathNames(range.from);
  const to = range?.to === undefined ? undefined : pathNames(range.to);
  let count = 0;
  for (let length = 1; length < (from?.length ?? 0); length++) {
    if (gone.has(from!.slice(0, length))) count++;
  }
  const isIn = (path: PathNames) => {
    if (from === undefined) return false;
    if (to !== undefined && comparePaths(path, to) >= 0) return false;
    return comparePaths(path, from) >= 0 || isAbove(path, from);
  };
  const look = (node: MovedNode, path: PathNames): void => {
    if (!node.hasHere) return;
    if (path.length > 0 && node.moved !== "here" && !isIn(path) && gone.has(path)) count++;
    for (const [key, below] of node.below) look(below, [...path, bytesOf(key)]);
  };
  look(root, []);
  return count;
}

function isAbove(path: PathNames, other: PathNames): boolean {
  return path.length < other.length &&
    path.every((name, index) => compareBytes(name, other[index]!) === 0);
}

function bytesOf(key: string): Uint8Array {
  return Uint8Array.from(key, (character) => character.charCodeAt(0));
}

async function lookForRange(
  file: ScratchFile,
  volume: PlannedVolume,
  from: PathNames,
  moved: MovedTree,
  gone: GoneNames,
  signal: AbortSignal,
): Promise<void> {
  const breather = new Breather(signal);
  const reader = new NamesReader(file, ...volume.names);
  const stack = new PathStack();
  stack.reset(from.slice(0, -1));
  while (reader.next()) {
    if (breather.due) await breather.pause();
    stack.enter(reader);
    const path = stack.names();
    if (moved.countAway > 0 && isAway(moved.root, path)) continue;
    gone.look(path);
  }
}

function lookForMoved(node: MovedNode, above: PathNames, gone: GoneNames): void {
  if (node.moved === "here") gone.look(above);
  for (const [key, below] of node.below) lookForMoved(below, [...above, bytesOf(key)], gone);
}

function isAway(root: MovedNode, path: PathNames): boolean {
  let node: MovedNode | undefined = root;
  for (const name of path) node = node?.below.get(keyOf(name));
  return node?.moved === "away";
}

class GoneNames {
  #countGone = 0;
  #countFound = 0;
  readonly #problems: Problem[] = [];
  /** The folders of the latest path that are there, from the root on. */
  #way: { readonly name: Uint8Array; readonly inode: TreeInode }[] = [];

  constructor(private readonly tree: Tree) {}

  changes(countHeld: number): Changes {
    const more = this.#countGone - MOST_NAMED;
    const problems = more <= 0 ? this.#problems : [...this.#problems, {
      kind: "vanished" as const,
      path: "…",
      reason: `${more} more names were there when the plan was made, and are gone`,
    }];
    const countNew = Math.max(0, countHeld - this.#countFound);
    return { problems, countGone: this.#countGone, countNew };
  }

  has(path: PathNames): boolean {
    return this.#find(path);
  }

  look(path: PathNames): void {
    if (this.#find(path)) {
      this.#countFound++;
      return;
    }
    this.#countGone++;
    if (this.#problems.length >= MOST_NAMED) return;
    this.#problems.push({ kind: "vanished", path: shown(path), reason: WHY });
  }

  #find(path: PathNames): boolean {
    let inode = 0 as TreeInode;
    for (const [depth, name] of path.entries()) {
      const known = this.#way[depth];
      if (known !== undefined && compareBytes(known.name, name) === 0) {
        inode = known.inode;
        continue;
      }
      this.#way.length = Math.min(this.#way.length, depth);
      if (!hasType(this.tree, inode, S_IFDIR)) return false;
      const found = childOf(this.tree, inode, name);
      if (found === undefined) return false;
      inode = found;
      if (depth < path.length - 1) this.#way[depth] = { name: name.slice(), inode };
    }
    return true;
  }
}

/** The inode of a name in a folder, whose names are in order. */
function childOf(tree: Tree, folder: TreeInode, name: Uint8Array): TreeInode | undefined {
  let low = tree.payload[folder]!;
  let high = low + tree.countChildren[folder]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareBytes(nameOf(tree, middle as TreeEntry), name);
    if (order === 0) return tree.entryInode[middle] as TreeInode;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

function shown(path: PathNames): string {
  return path.map((name) => printable(name)).join("/");
}
