/**
 * What a dry run says of each file.
 * @module
 */

import { S_IFDIR, S_IFMT, type TreeInode } from "../ext4/tree.ts";
import type { Fact, ScannedSource } from "../pipeline/step.ts";

/** A fact for everything that is not a folder: what becomes of it, and its path. */
export function fileFacts(
  source: ScannedSource,
  whatBecomesOf: (inode: TreeInode) => string,
): Fact[] {
  const { tree } = source;
  const facts: Fact[] = [];
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if ((tree.mode[inode]! & S_IFMT) === S_IFDIR) continue;
    const countNames = tree.countNames[inode]!;
    const names = countNames > 1 ? `, under ${countNames} names` : "";
    const row = inode as TreeInode;
    facts.push({ label: whatBecomesOf(row), value: `${source.pathOf(row)}${names}` });
  }
  return facts.sort((a, b) => (a.value < b.value ? -1 : 1));
}
