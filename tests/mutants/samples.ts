/**
 * The sound images that mutants are made of: small, and together of nearly every feature.
 * @module
 */

import {
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { imageBytes, planOf } from "../support/images/write_image.ts";
import { output, run } from "../support/programs/oracles.ts";
import { buildTree, file, folder, symlink } from "../support/trees/tree_builder.ts";
import { type Place, placesOf } from "./places.ts";

/** A sound image, and where its structures lie. */
export interface Sample {
  readonly name: string;
  readonly image: Uint8Array;
  readonly places: readonly Place[];
}

/** What mkfs.ext4 is given, beside blocks of 1 KiB and 96 inodes. */
const MKFS_OPTIONS: readonly (readonly string[])[] = [
  ["-t", "ext2"],
  ["-t", "ext3", "-J", "size=1"],
  ["-t", "ext4", "-J", "size=1"],
  ["-t", "ext4", "-O", "^has_journal,^metadata_csum"],
  ["-t", "ext4", "-O", "^has_journal,^metadata_csum,uninit_bg,^64bit"],
  ["-t", "ext4", "-O", "^has_journal,^metadata_csum,inline_data,ea_inode"],
  ["-t", "ext4", "-O", "^has_journal,inline_data,ea_inode,large_dir"],
  ["-t", "ext4", "-O", "^has_journal,quota,project,mmp"],
  ["-t", "ext4", "-O", "^has_journal,meta_bg,^resize_inode,metadata_csum_seed", "-g", "1024"],
  ["-t", "ext4", "-O", "^has_journal,sparse_super2,^resize_inode", "-g", "1024"],
  ["-t", "ext4", "-O", "^has_journal,bigalloc", "-C", "4096"],
  ["-t", "ext4", "-J", "size=1", "-O", "orphan_file,fast_commit"],
  ["-t", "ext4", "-I", "128", "-O", "^has_journal"],
];
/** What would be random is given, so that a seed makes nearly the same mutants again. */
const MKFS = [
  ...["-q", "-F", "-b", "1024", "-N", "96", "-U", "6f6e6520-7365-6564-206d-616e79206d75"],
  ...["-E", "hash_seed=74616e74-7320-6167-6169-6e20616e6420"],
];
const SIZE_BYTES = 3 << 20;

/** Makes all samples; `scratch` is a folder that may be filled. Needs mkfs.ext4, e2fsck, mknod and setfattr. */
export function makeSamples(scratch: string): Sample[] {
  const source = join(scratch, "source");
  mkdirSync(source);
  fill(source);
  const byMkfs = MKFS_OPTIONS.map((options) => {
    const path = join(scratch, "image");
    writeFileSync(path, "");
    truncateSync(path, 0);
    truncateSync(path, SIZE_BYTES);
    output("mkfs.ext4", [...MKFS, ...options, "-d", source, path]);
    // mkfs.ext4 does not count what it copies in the quota files.
    run("e2fsck", ["-fy", path]);
    return { name: options.join(" "), image: new Uint8Array(readFileSync(path)) };
  });
  return [...byMkfs, { name: "icecore", image: ownImage() }].map((made) => ({
    ...made,
    places: placesOf(made.image),
  }));
}

function fill(root: string): void {
  const at = (path: string) => join(root, path);
  writeFileSync(at("tiny"), "hello\n");
  writeFileSync(at("some"), new Uint8Array(5000).fill(7));
  writeFileSync(at("scattered"), "");
  truncateSync(at("scattered"), 200_000);
  for (let i = 0; i < 12; i++) {
    output("dd", [
      "if=/dev/zero",
      `of=${at("scattered")}`,
      "bs=1024",
      "count=1",
      `seek=${i * 9}`,
      "conv=notrunc",
      "status=none",
    ]);
  }
  mkdirSync(at("many"));
  for (let i = 0; i < 40; i++) writeFileSync(at(`many/${"long-name-".repeat(5)}${i}`), "");
  mkdirSync(at("deep/er"), { recursive: true });
  writeFileSync(at("deep/er/leaf"), "x".repeat(100));
  symlinkSync("t".repeat(30), at("short-link"));
  symlinkSync("t".repeat(300), at("long-link"));
  linkSync(at("tiny"), at("deep/hard"));
  output("mknod", [at("pipe"), "p"]);
  output("setfattr", ["-n", "user.short", "-v", "short", at("tiny")]);
  output("setfattr", ["-n", "user.large", "-v", "x".repeat(500), at("some")]);
}

/** The one image that the checker holds to icecore's own rules. */
function ownImage(): Uint8Array {
  const ranges = Array.from({ length: 12 }, (_, i) => [i * 9216, i * 9216 + 1024]).flat();
  const names = Array.from({ length: 40 }, (_, i) => [`${"long-name-".repeat(5)}${i}`, file("")]);
  const built = buildTree(folder({
    tiny: file("hello"),
    some: file("s".repeat(5000), { xattrs: { "user.large": "x".repeat(400) } }),
    scattered: file({ sizeBytes: 200_000, ranges }),
    many: folder(Object.fromEntries(names)),
    deep: folder({ er: folder({ leaf: file("x") }) }),
    link: symlink("t".repeat(300)),
  }));
  return imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
}
