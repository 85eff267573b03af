/**
 * Images that the kernel writes through a mount: fragments, deletions, collisions, deep trees.
 * @module
 */

import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { output } from "../programs/oracles.ts";
import { findProgram, type Requirements } from "../programs/requirements.ts";
import { pattern } from "../trees/source_folder.ts";
import { temporaryFolder } from "./write_image.ts";

/** What making one needs of the machine. */
export const KERNEL_WRITES: Requirements = {
  programs: ["mkfs.ext4", "mount", "umount", "sync", "setfattr", "getfattr", "setfacl"],
  root: true,
  loop: true,
};

/** Where the callback of {@link withKernelImage} finds what was made. */
export interface KernelImage {
  /** After it was unmounted. */
  readonly image: string;
  /** A copy taken while it was mounted: its journal is not empty. */
  readonly unclean: string;
  readonly folder: string;
}

/** Makes an image, mounts it, writes a lot into it, and unmounts it again. */
export async function withKernelImage(
  options: readonly string[],
  use: (made: KernelImage) => void | Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  try {
    const image = join(folder, "image");
    const unclean = join(folder, "unclean");
    const mountpoint = join(folder, "mnt");
    mkdirSync(mountpoint);
    writeFileSync(image, "");
    truncateSync(image, 192 << 20);
    execFileSync(findProgram("mkfs.ext4")!, ["-q", "-F", ...options, image], { stdio: "pipe" });
    output("mount", ["-t", "ext4", "-o", "loop", image, mountpoint]);
    try {
      writeMuch(mountpoint);
      output("sync", ["-f", mountpoint]);
      changeMore(mountpoint);
      copyFileSync(image, unclean);
    } finally {
      output("umount", [mountpoint]);
    }
    await use({ image, unclean, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeMuch(root: string): void {
  const at = (path: string) => join(root, path);
  writeFragments(at("fragments-a"), at("fragments-b"));
  unlinkSync(at("fragments-b"));
  writeHoles(at("holes"), 3000);
  // Past what two levels of pointers reach with blocks of 1 KiB.
  writeFileSync(at("far"), "");
  truncateSync(at("far"), 80_000_000);
  appendFileSync(at("far"), pattern(5000, 8));
  mkdirSync(at("large"));
  for (let i = 0; i < 3000; i++) writeFileSync(at(`large/${"name".repeat(10)}-${i}`), "");
  for (let i = 0; i < 3000; i += 3) unlinkSync(at(`large/${"name".repeat(10)}-${i}`));
  mkdirSync(at("folders"));
  for (let i = 0; i < 300; i++) mkdirSync(at(`folders/${i}`));
  writeFileSync(at("first"), pattern(100_000, 3));
  for (let i = 0; i < 20; i++) linkSync(at("first"), at(`folders/${i}/link`));
  symlinkSync("x".repeat(900), at("long-link"));
  symlinkSync("short", at("short-link"));
  output("setfattr", ["-n", "user.a", "-v", "1", at("first")]);
  output("setfattr", ["-n", "user.b", "-v", "y".repeat(700), at("first")]);
  for (const name of ["1", "2", "3"]) {
    output("setfattr", ["-n", "user.shared", "-v", "s".repeat(300), at(`folders/${name}`)]);
    output("setfacl", ["-m", "u:1000:rx,d:u:1000:rx", at(`folders/${name}`)]);
  }
}

/** What happens after a sync lies in the journal first, and only there for some seconds. */
function changeMore(root: string): void {
  const at = (path: string) => join(root, path);
  for (let i = 1; i < 3000; i += 3) unlinkSync(at(`large/${"name".repeat(10)}-${i}`));
  for (let i = 0; i < 50; i++) writeFileSync(at(`folders/${i}/late`), `${i}`);
  rmSync(at("folders/299"), { recursive: true });
  renameSync(at("folders/298"), at("moved"));
  appendFileSync(at("first"), "more");
  const fd = openSync(at("moved"), "r");
  fsyncSync(fd);
  closeSync(fd);
}

/** Two files written by turns, block by block, each flushed: neither can be contiguous. */
function writeFragments(a: string, b: string): void {
  const files = [openSync(a, "w"), openSync(b, "w")];
  for (let i = 0; i < 600; i++) {
    for (const [salt, fd] of files.entries()) {
      writeSync(fd, pattern(4096, i + salt));
      fsyncSync(fd);
    }
  }
  files.forEach((fd) => closeSync(fd));
}

/** A block of data, a hole, a block of data …: as many extents. */
function writeHoles(path: string, count: number): void {
  const fd = openSync(path, "w");
  for (let i = 0; i < count; i++) writeSync(fd, pattern(100, i), 0, 100, i * 16384 + 50);
  closeSync(fd);
}
