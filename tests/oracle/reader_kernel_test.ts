import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { type FileSystem, openFileSystem } from "../../ext4/reader/file_system.ts";
import { fileSource } from "../support/file_source.ts";
import { KERNEL_WRITES, withKernelImage } from "../support/images/kernel_images.ts";
import { assertReaderAgrees } from "../support/mounts/mount_agreement.ts";
import { output, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

const OPTIONS: readonly (readonly string[])[] = [
  ["-t", "ext4"],
  ["-t", "ext4", "-b", "1024"],
  ["-t", "ext4", "-b", "1024", "-I", "128", "-O", "^metadata_csum,^64bit"],
  ["-t", "ext4", "-O", "inline_data,ea_inode"],
  ["-t", "ext4", "-O", "^has_journal,^extents,^64bit", "-b", "1024"],
  ["-t", "ext4", "-O", "bigalloc", "-C", "16384"],
  ["-t", "ext4", "-O", "metadata_csum_seed,orphan_file"],
  ["-t", "ext3", "-b", "1024"],
  ["-t", "ext3", "-b", "4096"],
  ["-t", "ext2", "-b", "1024"],
];

for (const options of OPTIONS) {
  const name = options.join(" ");
  testWith(
    KERNEL_WRITES,
    `what the kernel wrote is read and found sound: ${name}`,
    () =>
      withKernelImage(options, async ({ image, unclean, folder }) => {
        await withMount(image, folder, (mountpoint) => assertReaderAgrees(image, mountpoint));
        using source = fileSource(image);
        assert.deepEqual((await checkImage(source)).findings, []);
        if (name.includes("^has_journal") || name.includes("ext2")) return;
        await assertReplayAgrees(unclean, folder);
      }),
  );
}

/** The kernel replays the journal of a copy; the reader shows the same without writing. */
async function assertReplayAgrees(unclean: string, folder: string): Promise<void> {
  using source = fileSource(unclean);
  const files = await openFileSystem(source);
  assert.equal(files.info.journal, "replayed");
  const { findings, wasReplayed } = await checkImage(source);
  assert.deepEqual([findings, wasReplayed], [[], true]);
  const replayed = join(folder, "replayed");
  copyFileSync(unclean, replayed);
  const mountpoint = join(folder, "mnt");
  output("mount", ["-t", "ext4", "-o", "loop,noatime", replayed, mountpoint]);
  try {
    await assertReaderAgrees(unclean, mountpoint);
  } finally {
    output("umount", [mountpoint]);
  }
  const ignored = await openFileSystem(source, { journal: "ignore" });
  assert.equal(ignored.info.journal, "ignored");
  assert.equal(await countNames(files, "large"), 1000);
  assert.equal(await countNames(ignored, "large"), 2000, "the log holds what came after the sync");
}

async function countNames(files: FileSystem, folder: string): Promise<number> {
  let count = 0;
  for await (const _ of files.list(folder)) count++;
  return count;
}
