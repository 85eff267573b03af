/**
 * Images that `mkfs.ext4 -d` makes, with the sets of options that the reader is to know.
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, type Requirements } from "../programs/requirements.ts";
import { fillSourceFolder } from "../trees/source_folder.ts";
import { temporaryFolder } from "./write_image.ts";

/** What making and mounting one needs of the machine. */
export const MKFS: Requirements = {
  programs: ["mkfs.ext4", "mount", "umount", "mknod", "setfattr", "getfattr", "setfacl", "dd"],
  root: true,
  loop: true,
};

/** Sets of options. */
export const MKFS_OPTIONS: readonly (readonly string[])[] = [
  ["-t", "ext2", "-b", "1024"],
  ["-t", "ext2", "-b", "4096", "-I", "128"],
  ["-t", "ext2", "-b", "2048", "-O", "^dir_index"],
  ["-t", "ext2", "-r", "1", "-O", "^filetype"],
  ["-t", "ext3", "-b", "1024", "-I", "128"],
  ["-t", "ext3", "-b", "4096"],
  ["-t", "ext4", "-b", "1024"],
  ["-t", "ext4", "-b", "2048"],
  ["-t", "ext4", "-b", "4096"],
  ["-t", "ext4", "-I", "128"],
  ["-t", "ext4", "-I", "512"],
  ["-t", "ext4", "-O", "^64bit"],
  ["-t", "ext4", "-O", "^metadata_csum"],
  ["-t", "ext4", "-O", "^metadata_csum,uninit_bg,^64bit", "-b", "1024"],
  ["-t", "ext4", "-O", "metadata_csum_seed"],
  ["-t", "ext4", "-O", "^extents,^64bit"],
  ["-t", "ext4", "-O", "^dir_index"],
  ["-t", "ext4", "-O", "^has_journal"],
  ["-t", "ext4", "-O", "^flex_bg", "-b", "1024"],
  ["-t", "ext4", "-O", "inline_data"],
  ["-t", "ext4", "-O", "inline_data", "-I", "512", "-b", "1024"],
  ["-t", "ext4", "-O", "inline_data,^metadata_csum"],
  ["-t", "ext4", "-O", "meta_bg,^resize_inode", "-b", "1024"],
  ["-t", "ext4", "-O", "meta_bg,^resize_inode,^64bit", "-b", "1024", "-g", "1024"],
  ["-t", "ext4", "-O", "sparse_super2", "-b", "1024"],
  ["-t", "ext4", "-O", "^sparse_super,^resize_inode", "-b", "1024"],
  ["-t", "ext4", "-O", "bigalloc", "-C", "16384"],
  ["-t", "ext4", "-O", "ea_inode,large_dir,quota,project"],
  ["-t", "ext4", "-O", "encrypt,verity"],
  ["-t", "ext4", "-O", "orphan_file,fast_commit"],
  ["-t", "ext4", "-O", "mmp"],
];

/**
 * Makes an image of one of everything, for the time of a callback.
 * @param use gets the image, and a folder that is removed afterwards
 */
export async function withMkfsImage(
  options: readonly string[],
  use: (image: string, folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  try {
    const source = join(folder, "source");
    mkdirSync(source);
    fillSourceFolder(source);
    const image = join(folder, "image");
    writeFileSync(image, "");
    truncateSync(image, 96 << 20);
    execFileSync(findProgram("mkfs.ext4")!, ["-q", "-F", ...options, "-d", source, image], {
      stdio: "pipe",
    });
    await use(image, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
