import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { CorruptImageError } from "../../ext4/image_errors.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { openImage } from "../../image/open_image.ts";
import { Forgery } from "../support/images/forge.ts";
import { KERNEL_WRITES, withKernelImage } from "../support/images/kernel_images.ts";
import { testWith } from "../support/programs/requirements.ts";

const JOURNAL_INODE = 8;
const SUPERBLOCK_AT = 1024;
const JNL_BACKUP_TYPE_AT = SUPERBLOCK_AT + 0xfd;

async function listing(
  bytes: Uint8Array,
): Promise<{ paths: string[]; said: string[]; journal: string }> {
  const said: string[] = [];
  const onBroken = ({ code, message }: CorruptImageError) => {
    said.push(`${code}: ${/The journal is [^.]*\./.exec(message)?.[0] ?? ""}`);
  };
  await using image = await openImage(bytesSource(bytes), { onBroken });
  const paths: string[] = [];
  for await (const { pathText } of image.walk()) paths.push(pathText);
  return { paths: paths.sort(), said, journal: image.info.journal };
}

testWith(
  KERNEL_WRITES,
  "a journal whose inode is gone is replayed from where the superblock says that it lies",
  (context) =>
    withKernelImage(["-t", "ext4", "-O", "^metadata_csum"], async ({ unclean }) => {
      const sound = readFileSync(unclean);
      const expected = await listing(sound);
      assert.deepEqual([expected.said, expected.journal], [[], "replayed"]);
      const broken = Uint8Array.from(sound);
      const { inodeTable } = new Forgery(broken);
      await using image = await openImage(bytesSource(sound));
      const { blockSizeBytes, inodeSizeBytes } = image.info;
      const at = inodeTable * blockSizeBytes + (JOURNAL_INODE - 1) * inodeSizeBytes;
      broken.fill(0, at, at + inodeSizeBytes);

      await context.step("without a listener, it is an error", async () => {
        await assert.rejects(openImage(bytesSource(broken)), { name: "CorruptImageError" });
      });

      await context.step("with one, all that was written is there", async () => {
        const { paths, said, journal } = await listing(broken);
        assert.equal(journal, "replayed");
        assert.deepEqual(paths, expected.paths);
        assert.equal(said.length, 1);
        assert.match(said[0]!, /^inode-.*: The journal is read from where the superblock says/);
      });

      await context.step(
        "without the superblock's copy, it is read without its journal",
        async () => {
          const bytes = broken.slice();
          bytes[JNL_BACKUP_TYPE_AT] = 0;
          const { paths, said, journal } = await listing(bytes);
          assert.equal(journal, "ignored");
          assert.ok(said.length > 0 && paths.includes("first"));
        },
      );
    }),
);
