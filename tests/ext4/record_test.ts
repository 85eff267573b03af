import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { inodeChecksum, inodeChecksumOfWords } from "../../ext4/checksums.ts";
import { crc32c, CRC32C_SEED } from "../../ext4/crc32c.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../ext4/reader/file_system.ts";
import {
  addToInodesChecksum,
  addWordsToInodesChecksum,
  hasLongHoles,
  recordSizeBytes,
} from "../../ext4/record.ts";
import { RECORD_HEADER, RECORD_MAGIC } from "../../ext4/structs/record.ts";
import { imageBytes, planOf } from "../support/images/write_image.ts";
import { buildTree, type Built, file, folder } from "../support/trees/tree_builder.ts";

const MIB = 2 ** 20;
const built = (): Built =>
  buildTree(folder({ a: file("ice"), empty: file(""), deep: folder({ b: file("core") }) }));

async function recordOf(image: Uint8Array) {
  const files = await openFileSystem(bytesSource(image));
  return { files, stored: await files.record() };
}

Deno.test("the header has its fields where docs/native.md says", () => {
  const header = RECORD_HEADER.encode({
    r_magic: RECORD_MAGIC,
    r_version: 1,
    r_algorithm: 1,
    r_header_size: 64,
    r_inodes_count: 0x0102,
    r_flags: 1,
    r_wtime: 0x03040506,
    r_wtime_hi: 7,
    r_inodes_checksum: 0x08090a0b,
    r_checksum: 0x0c0d0e0f,
  });
  assert.equal(
    Array.from(header, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    "696365636f726500" + "01000100" + "40000000" + "02010000" + "01000000" +
      "06050403" + "07000000" + "0b0a0908" + "00".repeat(24) + "0f0e0d0c",
  );
});

Deno.test("a record's table holds the SHA-256 of each file under its inode", async () => {
  const tree = built();
  const { files, stored } = await recordOf(imageBytes(tree, planOf(tree)));
  assert.equal(stored.kind, "record");
  if (stored.kind !== "record") return;
  for (const [path, contents] of [["/a", "ice"], ["/empty", ""], ["/deep/b", "core"]] as const) {
    const digest = new Uint8Array(32);
    const { inode } = await files.stat(path);
    await files.readRecord(stored.record, inode, digest);
    assert.deepEqual([...digest], [...createHash("sha256").update(contents).digest()], path);
  }
  const none = new Uint8Array(32);
  await files.readRecord(stored.record, (await files.stat("/deep")).inode, none);
  assert.ok(none.every((byte) => byte === 0), "a folder has no digest");
  assert.equal(
    await files.inodesChecksum(stored.record.countInodes),
    stored.record.raw.r_inodes_checksum,
  );
});

Deno.test("without a record inode 5 is not in use, and the image is smaller", async () => {
  const tree = built();
  const plan = planOf(tree, { hasRecord: false });
  const { stored } = await recordOf(imageBytes(tree, plan));
  assert.equal(stored.kind, "none");
  assert.equal(plan.layout.countRecordBlocks, 0);
  assert.ok(plan.sizeBytes < planOf(tree).sizeBytes);
});

Deno.test("the record's blocks are the last of the image", () => {
  const tree = built();
  const plan = planOf(tree, { blockSizeBytes: 1024 });
  const image = imageBytes(tree, plan);
  const size = recordSizeBytes(plan.layout.countUsedInodes, false);
  const start = plan.sizeBytes - plan.layout.countRecordBlocks * 1024;
  assert.deepEqual([...image.subarray(start, start + 8)], [...RECORD_MAGIC]);
  assert.ok(image.subarray(start + size).every((byte) => byte === 0));
});

Deno.test("the checksum of the inodes is known where tables lie behind all contents", async () => {
  // Many empty files: the tables need more room than the first groups have.
  const names = Array.from({ length: 9000 }, (_, i) => [`f${i}`, file("")] as const);
  const tree = buildTree(folder(names));
  const { files, stored } = await recordOf(
    imageBytes(tree, planOf(tree, { blockSizeBytes: 1024 })),
  );
  assert.equal(stored.kind, "record");
  if (stored.kind !== "record") return;
  const { countInodes, raw } = stored.record;
  assert.equal(await files.inodesChecksum(countInodes), raw.r_inodes_checksum);
});

Deno.test("every bit of the header that flips is found", async () => {
  const tree = built();
  const plan = planOf(tree, { blockSizeBytes: 1024 });
  const image = imageBytes(tree, plan);
  const start = plan.sizeBytes - plan.layout.countRecordBlocks * 1024;
  for (let bit = 0; bit < RECORD_HEADER.sizeBytes * 8; bit++) {
    image[start + (bit >> 3)]! ^= 1 << (bit & 7);
    const { stored } = await recordOf(image);
    assert.equal(stored.kind, "broken", `bit ${bit}`);
    image[start + (bit >> 3)]! ^= 1 << (bit & 7);
  }
  assert.equal((await recordOf(image)).stored.kind, "record");
});

Deno.test("a record of a later version is left alone", async () => {
  const tree = built();
  const plan = planOf(tree, { blockSizeBytes: 1024 });
  const image = imageBytes(tree, plan);
  const start = plan.sizeBytes - plan.layout.countRecordBlocks * 1024;
  const header = image.subarray(start, start + RECORD_HEADER.sizeBytes);
  RECORD_HEADER.encodeInto(header, 0, { r_version: 2, r_checksum: 0 });
  RECORD_HEADER.encodeInto(header, 0, { r_checksum: crc32c(CRC32C_SEED, header) });
  assert.equal((await recordOf(image)).stored.kind, "unknown");
});

Deno.test("a boot loader's data in inode 5 is not a record", async () => {
  const tree = built();
  const plan = planOf(tree, { blockSizeBytes: 1024 });
  const image = imageBytes(tree, plan);
  const start = plan.sizeBytes - plan.layout.countRecordBlocks * 1024;
  for (let i = 0; i < 600; i++) image[start + i] = (i * 37 + 5) & 0xff;
  assert.equal((await recordOf(image)).stored.kind, "none");
});

Deno.test("holes are passed over where there are more of them than data and 16 MiB", () => {
  assert.equal(hasLongHoles(0, 0), false);
  assert.equal(hasLongHoles(16 * MIB, 0), false);
  assert.equal(hasLongHoles(16 * MIB + 1, 0), true);
  assert.equal(hasLongHoles(200 * MIB, 92 * MIB), false);
  assert.equal(hasLongHoles(200 * MIB, 91 * MIB), true);
});

Deno.test("the record of a layer names its base, and every bit of that is guarded", async () => {
  const base = {
    name: new TextEncoder().encode("photos-full.img"),
    uuid: Uint8Array.from({ length: 16 }, (_, i) => 0xb0 + i),
    digest: Uint8Array.from({ length: 32 }, (_, i) => 0xd0 + i),
    depth: 3,
  };
  const tree = built();
  const plan = planOf(tree, { blockSizeBytes: 1024, base });
  const image = imageBytes(tree, plan);
  const { stored } = await recordOf(image);
  assert.equal(stored.kind, "record");
  if (stored.kind !== "record") return;
  assert.deepEqual(stored.record.base, base);
  const start = plan.sizeBytes - plan.layout.countRecordBlocks * 1024;
  assert.equal(
    new TextDecoder().decode(image.subarray(start + 128, start + 128 + 15)),
    "photos-full.img",
    "where docs/native.md says",
  );
  for (let bit = RECORD_HEADER.sizeBytes * 8; bit < 384 * 8; bit += 5) {
    image[start + (bit >> 3)]! ^= 1 << (bit & 7);
    assert.equal((await recordOf(image)).stored.kind, "broken", `bit ${bit}`);
    image[start + (bit >> 3)]! ^= 1 << (bit & 7);
  }
});

Deno.test("the digests of a layer's files lie behind the longer header", async () => {
  const base = {
    name: Uint8Array.of(0xff),
    uuid: new Uint8Array(16),
    digest: new Uint8Array(32),
    depth: 1,
  };
  const tree = built();
  const { files, stored } = await recordOf(imageBytes(tree, planOf(tree, { base })));
  assert.equal(stored.kind, "record");
  if (stored.kind !== "record") return;
  const digest = new Uint8Array(32);
  await files.readRecord(stored.record, (await files.stat("/a")).inode, digest);
  assert.deepEqual([...digest], [...createHash("sha256").update("ice").digest()]);
});

Deno.test("a base that no record can name is refused", () => {
  const base = {
    name: new TextEncoder().encode("a"),
    uuid: new Uint8Array(16),
    digest: new Uint8Array(32),
    depth: 1,
  };
  const tree = built();
  const refused = (change: Partial<typeof base>, hasRecord = true) =>
    assert.throws(() => planOf(tree, { hasRecord, base: { ...base, ...change } }), {
      code: "bad-option",
    });
  refused({ name: new Uint8Array() });
  refused({ name: new TextEncoder().encode("a/b") });
  refused({ name: Uint8Array.of(0x61, 0) });
  refused({ name: new Uint8Array(256).fill(0x61) });
  refused({ uuid: new Uint8Array(15) });
  refused({ digest: new Uint8Array(20) });
  refused({ depth: 0 });
  refused({}, false);
});

Deno.test("an inode as words has the checksums that it has as bytes", () => {
  const sizes = fc.constantFrom(128, 160, 256, 512);
  fc.assert(fc.property(sizes, fc.nat(), fc.infiniteStream(fc.nat(255)), (size, seed, bytes) => {
    const table = Uint8Array.from({ length: 2 * size }, () => bytes.next().value as number);
    const words = new Int32Array(table.buffer);
    const power = size === 160 ? 128 : size;
    assert.equal(
      inodeChecksumOfWords(seed, words, size / 4, power),
      inodeChecksum(seed, table, size, power),
    );
    if (size === 128) return;
    assert.equal(
      addWordsToInodesChecksum(seed, words, size / 4),
      addToInodesChecksum(seed, table, size),
    );
  }));
});
