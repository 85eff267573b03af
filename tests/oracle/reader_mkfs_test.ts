import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertReaderAgrees } from "../support/mount_agreement.ts";
import { withMount } from "../support/oracles.ts";
import { findProgram, testWith } from "../support/requirements.ts";
import { fillSourceFolder } from "../support/source_folder.ts";
import { temporaryFolder } from "../support/write_image.ts";

const needs = {
  programs: ["mkfs.ext4", "mount", "umount", "mknod", "setfattr", "getfattr", "setfacl", "dd"],
  root: true,
  loop: true,
};

const OPTIONS: readonly (readonly string[])[] = [
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
];

for (const options of OPTIONS) {
  testWith(needs, `the reader agrees with the kernel on mkfs ${options.join(" ")}`, async () => {
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
      await withMount(image, folder, (mountpoint) => assertReaderAgrees(image, mountpoint));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
