/**
 * Who is measured beside icecore: the recipe by hand, and what people use instead of an image.
 * @module
 */

import { fileURLToPath } from "node:url";
import { compileC } from "./compile_c.ts";
import type { DataSet } from "./data.ts";
import { findProgram } from "./find_program.ts";

/** Where one run works. */
export interface Place {
  readonly data: DataSet;
  /** A folder that is empty before and removed after the run. */
  readonly out: string;
  /** An empty folder to mount at. */
  readonly mountpoint: string;
}

/** One way to get from a folder to an archive and its checksum. */
export interface Contender {
  readonly name: string;
  /** Programs it needs; without one of them it is left out, and the report says so. */
  readonly programs: readonly string[];
  readonly root?: boolean;
  /** Why it cannot be run at all, if that is known beforehand. */
  readonly unable?: string;
  argv(place: Place): string[];
  /** The file it makes in `out`, whose size is reported. */
  readonly result?: string;
}

const byHandScript = fileURLToPath(new URL("./by_hand.sh", import.meta.url));

/** Names that goals refer to. */
export const names = {
  byHand: "by hand, as root",
  samePrograms: "the same programs from a script",
  e2fsprogs: "icecore, recipe e2fsprogs",
  native: "icecore, recipe native",
  mke2fs: "mke2fs -d, then sha512sum",
  tarTee: "tar | tee | sha512sum",
  tar: "tar, then sha512sum",
  hash: "sha512sum of the files alone",
  openSsl: "SHA-512 of the files alone, OpenSSL",
  squashfs: "mksquashfs uncompressed, then sha512sum",
  erofs: "mkfs.erofs uncompressed, then sha512sum",
  calls: "the system calls alone, in C, one thread",
} as const;

/** What a build by one thread cannot be faster than: its calls, without any hashing. */
export function bareCalls(folder: string): Contender {
  if (findProgram("gcc")) compileC("build_calls", [], folder);
  return {
    name: names.calls,
    programs: ["gcc"],
    argv: ({ data, out }) => [`${folder}/build_calls`, data.folder, `${out}/x.img`],
    result: "x.img",
  };
}

/** Everyone but icecore. */
export const others: readonly Contender[] = [
  {
    name: names.byHand,
    programs: ["mkfs.ext4", "resize2fs", "tune2fs", "e2fsck"],
    root: true,
    argv: ({ data, out, mountpoint }) => [
      "bash",
      byHandScript,
      data.folder,
      `${out}/x.img`,
      mountpoint,
    ],
    result: "x.img",
  },
  {
    name: names.mke2fs,
    programs: ["mke2fs"],
    argv: ({ data, out }) =>
      shell(
        out,
        'mke2fs -q -t ext4 -m 0 -O ^has_journal -N "$2" -d "$1" x.img "$3"; sha512sum x.img >x.sum',
        data.folder,
        String(data.countFiles + data.countFolders + 64),
        `${Math.ceil((data.occupiedBytes * 1.05 + data.countFiles * 300 + 4e6) / 1024)}k`,
      ),
    result: "x.img",
  },
  {
    name: names.tarTee,
    programs: ["tar"],
    argv: ({ data, out }) =>
      shell(out, 'tar -C "$1" -cf - . | tee x.tar | sha512sum >x.sum', data.folder),
    result: "x.tar",
  },
  {
    name: names.tar,
    programs: ["tar"],
    argv: ({ data, out }) =>
      shell(out, 'tar -C "$1" -cf x.tar .; sha512sum x.tar >x.sum', data.folder),
    result: "x.tar",
  },
  {
    name: names.hash,
    programs: ["sha512sum"],
    argv: ({ data, out }) =>
      shell(out, 'find "$1" -type f -print0 | xargs -0 sha512sum >x.sum', data.folder),
  },
  {
    // The limit of large files: one thread that digests them, and reads nothing else.
    name: names.openSsl,
    programs: ["openssl"],
    argv: ({ data, out }) =>
      shell(out, 'find "$1" -type f -print0 | xargs -0 openssl dgst -sha512 >x.sum', data.folder),
  },
  {
    name: names.squashfs,
    programs: ["mksquashfs"],
    argv: ({ data, out }) =>
      shell(
        out,
        'mksquashfs "$1" x.img -noI -noD -noF -noX -no-progress -quiet; sha512sum x.img >x.sum',
        data.folder,
      ),
    result: "x.img",
  },
  {
    name: names.erofs,
    programs: ["mkfs.erofs"],
    argv: ({ data, out }) =>
      shell(out, 'mkfs.erofs --quiet x.img "$1"; sha512sum x.img >x.sum', data.folder),
    result: "x.img",
  },
];

/** A few lines of shell with `out` as current folder and arguments from `$1` on. */
function shell(out: string, lines: string, ...args: string[]): string[] {
  return ["bash", "-euo", "pipefail", "-c", `cd "$0"; ${lines}`, out, ...args];
}
