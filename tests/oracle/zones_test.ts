/**
 * What belongs to the file system itself lies where `dumpe2fs` says.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openImage } from "../../image/open_image.ts";
import { planOf, withImage } from "../support/images/write_image.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { buildTree } from "../support/trees/tree_builder.ts";
import { variedTree } from "../support/trees/varied_tree.ts";

const LINES: readonly (readonly [kind: string, line: RegExp])[] = [
  ["superblock", /Primary superblock at (\d+)(?:, Group descriptors at (\d+)-(\d+))?/],
  ["superblock-copy", /Backup superblock at (\d+)(?:, Group descriptors at (\d+)-(\d+))?/],
  ["superblock", /Reserved GDT blocks at (\d+)-(\d+)/],
  ["bitmaps", /Block bitmap at (\d+)/],
  ["bitmaps", /Inode bitmap at (\d+)/],
  ["inodes", /Inode table at (\d+)-(\d+)/],
];

/** The kind of each block that dumpe2fs names. */
function dumpedBlocks(path: string): Map<number, string> {
  const text = execFileSync(findProgram("dumpe2fs")!, [path], { encoding: "utf8", stdio: "pipe" });
  const blocks = new Map<number, string>();
  let head = "superblock";
  for (const line of text.split("\n")) {
    if (/Primary superblock/.test(line)) head = "superblock";
    if (/Backup superblock/.test(line)) head = "superblock-copy";
    for (const [kind, pattern] of LINES) {
      const match = pattern.exec(line);
      if (match === null) continue;
      const first = Number(match[1]);
      const last = Number(match.at(-1) ?? first) || first;
      for (let block = first; block <= last; block++) {
        blocks.set(block, kind === "superblock" ? head : kind);
      }
    }
  }
  return blocks;
}

/** The same of our reader. */
async function ourBlocks(path: string): Promise<Map<number, string>> {
  await using image = await openImage(path);
  const { zones } = await image.layout!();
  const { blockSizeBytes } = image.info;
  const blocks = new Map<number, string>();
  for (const { kind, startBytes, lengthBytes } of zones) {
    if (kind === "journal" || kind === "record") continue;
    for (let at = startBytes; at < startBytes + lengthBytes; at += blockSizeBytes) {
      blocks.set(at / blockSizeBytes, kind);
    }
  }
  return blocks;
}

for (
  const options of [
    ["-b", "4096"],
    ["-b", "1024"],
    ["-b", "1024", "-O", "^flex_bg"],
    ["-b", "1024", "-O", "^has_journal,^resize_inode"],
    ["-b", "1024", "-O", "^sparse_super,^resize_inode"],
    ["-b", "1024", "-O", "sparse_super2"],
  ]
) {
  testWith(
    { programs: ["mkfs.ext4", "dumpe2fs"] },
    `zones of mkfs.ext4 ${options.join(" ")}`,
    () =>
      inTemporaryFolder(async (folder) => {
        const path = join(folder, "image");
        writeFileSync(path, "");
        truncateSync(path, 60 << 20);
        execFileSync(findProgram("mkfs.ext4")!, ["-q", "-F", ...options, path], { stdio: "pipe" });
        assert.deepEqual(sorted(await ourBlocks(path)), sorted(dumpedBlocks(path)));
        await using image = await openImage(path);
        const { zones } = await image.layout!();
        const journal = zones.filter(({ kind }) => kind === "journal")
          .reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
        const dumped = execFileSync(findProgram("dumpe2fs")!, ["-h", path], {
          encoding: "utf8",
          stdio: "pipe",
        });
        assert.equal(journal > 0, /has_journal/.test(dumped));
      }),
  );
}

testWith({ programs: ["dumpe2fs"] }, "zones of an image of ours, and its record", async () => {
  const built = buildTree(variedTree(200_000_000));
  const plan = planOf(built);
  await withImage(built, plan, async (path) => {
    assert.deepEqual(sorted(await ourBlocks(path)), sorted(dumpedBlocks(path)));
    await using image = await openImage(path);
    const { zones } = await image.layout!();
    const record = zones.filter(({ kind }) => kind === "record");
    const last = record.at(-1)!;
    const { blockSizeBytes } = image.info;
    const end = Math.ceil((last.startBytes + last.lengthBytes) / blockSizeBytes) * blockSizeBytes;
    assert.equal(end, plan.sizeBytes, "the record is what lies last");
  });
});

function sorted(blocks: ReadonlyMap<number, string>): (readonly [number, string])[] {
  return [...blocks].sort(([a], [b]) => a - b);
}
