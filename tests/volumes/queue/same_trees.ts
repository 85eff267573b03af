/**
 * Whether trees are the same, as GNU tar sees them: names, contents, types, owners, modes, times to
 * the nanosecond, links of both kinds, and extended attributes.
 * @module
 */

import assert from "node:assert/strict";
import { run } from "../../support/programs/oracles.ts";

/** What it needs of the machine. */
export const TREES_AS_TARS: readonly string[] = ["tar", "sha256sum", "bash", "setfattr", "rsync"];

const TAR = "tar --create --sort=name --format=posix --numeric-owner --xattrs " +
  "--xattrs-include='*' --pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime " +
  '-C "$1" "$2" | sha256sum';

/** The digest of a folder as a tar, but for when it was read and when its inodes changed. */
export function digestAsTar(parent: string, name: string): string {
  const { stdout, stderr, exitCode } = run("bash", [
    "-o",
    "pipefail",
    "-c",
    TAR,
    "tar",
    parent,
    name,
  ]);
  assert.equal(exitCode, 0, stderr);
  return new TextDecoder().decode(stdout).split(" ")[0]!;
}

/** @throws AssertionError with what rsync would have to do */
export function assertSameTree(
  expected: string,
  parent: string,
  other: string,
  name: string,
): void {
  if (digestAsTar(other, name) === expected) return;
  const options = ["-aHAXn", "--numeric-ids", "--checksum", "--delete", "--itemize-changes"];
  const { stdout } = run("rsync", [...options, `${parent}/${name}/`, `${other}/${name}/`]);
  assert.fail(`${other} is another tree: ${new TextDecoder().decode(stdout.subarray(0, 2000))}`);
}
