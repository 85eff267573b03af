/**
 * What is meant by a word that is not a command of ours.
 * @module
 */

import { statSync } from "node:fs";
import { printable } from "../../host/libc/paths.ts";
import { quoted } from "../../image/no_image/shell_words.ts";

/** What was meant where a word is not a command of ours: that of another program, or a file. */
export function commandHint(word = ""): string | undefined {
  const meant = COMMANDS_ELSEWHERE.get(word.toLowerCase());
  if (meant !== undefined) return `Did you mean icecore ${meant}?`;
  const status = word.startsWith("-") ? undefined : statSync(word, { throwIfNoEntry: false });
  const name = quoted(printable(word));
  if (status?.isDirectory() === true) return `To make an image of it: icecore build ${name}`;
  if (status?.isFile() === true) return `To see what is in it: icecore ls ${name}`;
  return undefined;
}

/** What other programs call our commands. */
const COMMANDS_ELSEWHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "build DIR": ["create", "backup", "make", "new", "pack", "add", "archive", "mk"],
    "extract IMAGE": ["restore", "unpack", "untar", "recover", "copy", "cp", "get"],
    "verify IMAGE": ["check", "test", "fsck", "scrub", "validate", "e2fsck"],
    "ls IMAGE": ["dir", "tree", "files", "contents"],
    "cat IMAGE PATH": ["print", "dump", "read", "show", "type", "view"],
    "find IMAGE": ["search", "locate", "grep"],
    "info IMAGE": ["stat", "stats", "describe", "inspect", "about", "dumpe2fs", "status"],
    "diff IMAGE DIR": ["compare", "cmp"],
    "digests IMAGE": ["hash", "hashes", "checksum", "checksums", "sha256sum", "sums"],
    "export IMAGE": ["tar", "send"],
    "umount FOLDER": ["unmount", "eject", "detach"],
    "mount IMAGE FOLDER": ["attach"],
    "clean": ["cleanup", "unlock"],
    "doctor": ["selftest", "self-test", "diagnose"],
    "report IMAGE": ["du", "ncdu"],
    "--version": ["version", "ver"],
    "--help": ["?", "usage", "commands", "man"],
  }).flatMap(([ours, theirs]) => theirs.map((word) => [word, ours])),
);
