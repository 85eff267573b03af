import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checkImage } from "../../../ext4/checker/check_image.ts";
import { crc32c, CRC32C_SEED } from "../../../ext4/crc32c.ts";
import type { InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { EXTENT } from "../../../ext4/structs/extent.ts";
import { INODE } from "../../../ext4/structs/inode.ts";
import { RECORD_HEADER } from "../../../ext4/structs/record.ts";
import { Forgery } from "../../support/images/forge.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { equalRows } from "../../support/trees/equal_rows.ts";
import { buildTree, file, folder, symlink } from "../../support/trees/tree_builder.ts";

const built = buildTree(folder({
  a: file("a".repeat(5000)),
  b: file("a".repeat(5000)),
  c: file("c".repeat(5000)),
  d: file("d".repeat(5000)),
  long: file("a".repeat(9000)),
  link: symlink("s".repeat(100)),
  inner: folder({ e: file("e") }),
}));
const options = { blockSizeBytes: 1024 as const, equalTo: equalRows(built) };
const original = imageBytes(built, planOf(built, options));
const withoutRecord = imageBytes(built, planOf(built, { ...options, hasRecord: false }));
const sound = await openFileSystem(bytesSource(original));
const number = async (path: string): Promise<InodeNumber> => (await sound.stat(path)).inode;
const START = INODE.offsets.i_block + 12 + EXTENT.offsets.ee_start_lo;
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const firstBlock = async (forgery: Forgery, path: string) =>
  view(forgery.load(await number(path)).bytes).getUint32(START, true);

/** What is found of blocks that are in use and have no owner. */
const UNUSED = ["group-counts", "bitmap", "superblock-counts"];

async function codesOf(image: Uint8Array, ...changes: (readonly [string, number])[]) {
  const forgery = new Forgery(image.slice());
  for (const [path, block] of changes) {
    forgery.inode(await number(path), (bytes) => view(bytes).setUint32(START, block, true));
  }
  const { findings } = await checkImage(bytesSource(forgery.image));
  return findings.map(({ code, inode }) => `${code} ${inode ?? ""}`.trim());
}

Deno.test("nothing is wrong with files that share blocks, with and without a record", async () => {
  for (const image of [original, withoutRecord]) assert.deepEqual(await codesOf(image), []);
});

Deno.test("a file in the blocks of one with other contents is found by the record", async () => {
  const forgery = new Forgery(original.slice());
  const block = await firstBlock(forgery, "c");
  const [a, b, d] = [await number("a"), await number("b"), await number("d")];
  assert.deepEqual(
    (await codesOf(original, ["d", block])).filter((code) => code.startsWith("shared")),
    [`shared-contents ${d}`],
  );
  // The one of two equal files that comes first, and the one that comes second.
  assert.ok(
    (await codesOf(original, ["b", block])).includes(`shared-contents ${await number("c")}`),
  );
  const codes = await codesOf(original, ["a", block]);
  assert.ok(codes.includes(`shared-contents ${await number("c")}`), `${a} ${b}: ${codes}`);
});

Deno.test("without a record nobody can say that two files have the same contents", async () => {
  const block = await firstBlock(new Forgery(withoutRecord.slice()), "c");
  const codes = await codesOf(withoutRecord, ["d", block]);
  assert.deepEqual(codes, UNUSED, "the blocks that nobody has any more are all that is seen");
});

Deno.test("a file that shares some of its blocks only is found", async () => {
  const block = await firstBlock(new Forgery(original.slice()), "c");
  const d = await number("d");
  assert.ok((await codesOf(original, ["d", block + 2])).includes(`shared-contents ${d}`));
});

Deno.test("contents over metadata are found, whichever of the two comes first", async () => {
  const forgery = new Forgery(original.slice());
  for (const path of ["inner", "link"]) {
    const block = await firstBlock(forgery, path);
    for (const over of ["a", "long"]) {
      const codes = await codesOf(original, [over, block]);
      assert.ok(codes.some((code) => code.startsWith("block-twice")), `${over}: ${codes}`);
    }
  }
  const record = await firstBlockOfRecord(forgery);
  const codes = await codesOf(original, ["inner/e", record]);
  assert.ok(codes.some((code) => code.startsWith("block-twice")), `${codes}`);
});

async function firstBlockOfRecord(forgery: Forgery): Promise<number> {
  return await Promise.resolve(
    view(forgery.load(5 as InodeNumber).bytes).getUint32(START, true),
  );
}

Deno.test("a record that is not the image's any more is not a witness", async () => {
  const image = original.slice();
  const at = await firstBlockOfRecord(new Forgery(image)) * 1024;
  const header = image.subarray(at, at + RECORD_HEADER.sizeBytes);
  RECORD_HEADER.encodeInto(header, 0, { r_inodes_checksum: 1, r_checksum: 0 });
  RECORD_HEADER.encodeInto(header, 0, { r_checksum: crc32c(CRC32C_SEED, header) });
  const table = image.subarray(at, at + (await sizeOfRecord()) - 32);
  image.set(createHash("sha256").update(table).digest(), at + table.length);
  const block = await firstBlock(new Forgery(image.slice()), "c");
  assert.deepEqual(await codesOf(image, ["d", block]), UNUSED);
});

async function sizeOfRecord(): Promise<number> {
  return (await sound.stat(5 as InodeNumber)).sizeBytes;
}
