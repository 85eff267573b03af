/**
 * Walks folders as the step `scan` does.
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Tree, TreeInode } from "../../ext4/tree.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { placeSources } from "../../source/placement.ts";
import { walk } from "../../source/walk.ts";
import { pathsOf } from "../support/mounts/mounted_tree.ts";

/** What was found. */
export interface Scanned {
  readonly tree: Tree;
  readonly problems: readonly Problem[];
  /** All paths but the root, as latin1 text so that any bytes are one, in order. */
  readonly names: readonly string[];
  /** The inode of a path, which must be there. */
  inode(path: string): TreeInode;
}

/** What is left out, and what is read. */
export interface ScanOptions {
  readonly exclude?: readonly string[];
  readonly oneFileSystem?: boolean;
  readonly allTimes?: boolean;
}

/** Scans sources, named as on the command line. */
export async function scan(
  sources: readonly string[],
  options: ScanOptions = {},
): Promise<Scanned> {
  const problems: Problem[] = [];
  const { builder, tops } = await walk(placeSources(sources), {
    exclude: options.exclude ?? [],
    oneFileSystem: options.oneFileSystem ?? false,
    allTimes: options.allTimes ?? false,
    signal: new AbortController().signal,
    onProgress: () => {},
    onProblem: (problem) => void problems.push(problem),
  });
  tops.close();
  const tree = builder.tree();
  const paths = new Map(pathsOf(tree));
  const inode = (path: string) => {
    const found = paths.get(Buffer.from(path).toString("latin1"));
    assert.ok(found !== undefined, `${path} is in the tree`);
    return found;
  };
  return { tree, problems, names: [...paths.keys()].filter((path) => path !== "").sort(), inode };
}
