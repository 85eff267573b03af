/**
 * One file is read for all that are equal to it: the right one, and whether it still held the same.
 * @module
 */

import type { SharedFile } from "../../ext4/plan_image.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import { closeRead } from "../../host/libc/files.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { openUnchanged } from "./content_reader.ts";
import type { Equality } from "./equal_files.ts";

/**
 * Which file to read where contents are to be stored once: the first that is still what was
 * digested. So a file that is changed meanwhile costs nothing while an equal one is left.
 */
export function unchangedAmong(
  source: ScannedSource,
  { groups }: Equality,
): (owner: TreeInode) => TreeInode {
  return (owner) => {
    const group = groups.get(owner);
    if (group === undefined) return owner;
    for (const inode of [owner, ...group.twins]) {
      const fd = openUnchanged(source, inode);
      if (fd === undefined) continue;
      closeRead(fd);
      return inode;
    }
    return owner;
  };
}

/**
 * Files that were stored with other contents than were digested, because the one that was read for
 * all changed while it was read.
 * @param digestOf what an inode of the image was stored with
 */
export function* changedContents(
  source: ScannedSource,
  { groups }: Equality,
  shared: Iterable<SharedFile>,
  digestOf: (number: number) => Uint8Array,
): Generator<Problem> {
  const wrong = new Set<TreeInode>();
  for (const { owner, ownerNumber, inode } of shared) {
    const group = groups.get(owner);
    if (group === undefined || inode === owner) continue;
    const stored = digestOf(ownerNumber);
    if (group.digest.every((byte, i) => byte === stored[i])) continue;
    const { length } = group.twins;
    if (!wrong.has(owner)) yield problemOf(source.pathOf(owner), length);
    wrong.add(owner);
    yield problemOf(source.pathOf(inode), length);
  }
}

function problemOf(path: string, countOthers: number): Problem {
  const others = counted(countOthers, "other file");
  const reason = `it is stored once with ${others} of equal content, and what was read for all ` +
    "changed meanwhile: the image may hold parts of old and new content";
  return { kind: "changed", path, reason };
}
