/**
 * Compares two folders as programs see them that nobody here wrote: `rsync` with checksums, ACLs,
 * attributes and hard links, and `find` for what rsync leaves out.
 * @module
 */

import assert from "node:assert/strict";
import { output } from "../support/programs/oracles.ts";

/** Type, permissions, owners, size, nanoseconds, number of links, target, name. */
const FACTS = "%y %m %U %G %s %T@ %n %l %P\\0";

/** Fails unless two folders hold the same; `left` is the source. */
export function assertSameTrees(left: string, right: string): void {
  const compare = ["-n", "-i", "-aHAX", "--checksum", "--numeric-ids", "--delete"];
  const different = output("rsync", [...compare, `${left}/`, `${right}/`]);
  // Devices are compared as numbers; rsync touches none in a dry run.
  assert.equal(different, "", "rsync would change nothing");
  assert.deepEqual(facts(left), facts(right));
  assert.ok(allocated(right) <= allocated(left) * 1.05 + 65_536, "holes stay holes");
}

function facts(folder: string): string[] {
  return output("find", [folder, "-printf", FACTS]).split("\0").map(withoutFolderSize).sort();
}

/** The size of a folder, and the number of its links, are the file system's own affair. */
function withoutFolderSize(line: string): string {
  return line.replace(/^(d \S+ \S+ \S+) \S+ (\S+) \S+/, "$1 $2");
}

function allocated(folder: string): number {
  return Number(output("du", ["-s", "-k", folder]).split("\t")[0]) * 1024;
}
