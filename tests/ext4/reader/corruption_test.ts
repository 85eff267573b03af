import assert from "node:assert/strict";
import { superblockChecksum } from "../../../ext4/checksums.ts";
import { CorruptImageError, UnsupportedFeatureError } from "../../../ext4/image_errors.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { SUPERBLOCK } from "../../../ext4/structs/superblock.ts";
import { exercise } from "../../support/images/exercise_image.ts";
import { regionsOf } from "../../support/images/image_regions.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { buildTree } from "../../support/trees/tree_builder.ts";
import { variedTree } from "../../support/trees/varied_tree.ts";

const built = buildTree(variedTree(100_000));
const image = imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
const regions = regionsOf(image);

/** The error that reading all of the image ends in, with one byte of it changed. */
async function errorWith(at: number): Promise<unknown> {
  const copy = image.slice();
  copy[at]! ^= 0xff;
  return await exercise(bytesSource(copy)).catch((error: unknown) => error);
}

const EXPECTED: readonly (readonly [kind: string, code: string, structure: string])[] = [
  ["superblock", "superblock-checksum", "ext4_super_block"],
  ["descriptors", "group-checksum", "ext4_group_desc"],
  ["folder", "directory-checksum", "ext4_dir_entry_tail"],
  ["extent block", "extent-checksum", "ext4_extent_tail"],
  ["attribute block", "xattr-checksum", "ext4_xattr_header"],
  ["attribute inode", "ea-inode-hash", "ea_inode"],
];

for (const [kind, code, structure] of EXPECTED) {
  Deno.test(`a wrong byte in ${kind} is reported as ${code}`, async () => {
    const region = regions.find((one) => one.kind === kind && one.offsetBytes >= 1024)!;
    const error = await errorWith(region.offsetBytes + 40);
    assert.ok(error instanceof CorruptImageError);
    assert.deepEqual([error.code, error.structure], [code, structure]);
  });
}

Deno.test("a wrong byte in an inode names the inode", async () => {
  const region = regions.find(({ kind }) => kind === "inode table")!;
  const error = await errorWith(region.offsetBytes + 256 * 12 + 4);
  assert.ok(error instanceof CorruptImageError);
  assert.equal(error.code, "inode-checksum");
  assert.equal(error.fields["inode"], 13);
});

Deno.test("a wrong byte in the root of an index names the folder", async () => {
  const files = await openFileSystem(bytesSource(image));
  const { inode } = await files.stat("many");
  const folders = regions.filter(({ kind, sizeBytes }) => kind === "folder" && sizeBytes > 4096);
  const error = await errorWith(folders[0]!.offsetBytes + 40);
  assert.ok(error instanceof CorruptImageError);
  assert.equal(error.code, "index-checksum");
  assert.equal(error.fields["inode"], inode);
});

Deno.test("an image that is cut short is distinguished from what is not an image", async () => {
  const codeOf = (bytes: Uint8Array) =>
    openFileSystem(bytesSource(bytes)).then(() => "sound", (error) => error.code);
  assert.equal(await codeOf(image.subarray(0, image.length - 1)), "truncated");
  assert.equal(await codeOf(new Uint8Array(1000)), "truncated");
  assert.equal(await codeOf(new Uint8Array(0)), "truncated");
  assert.equal(await codeOf(new Uint8Array(5000)), "not-ext4");
});

Deno.test("features that are not known are named", async () => {
  const copy = image.slice();
  const superblock = copy.subarray(1024, 2048);
  const { s_feature_incompat } = SUPERBLOCK.decode(superblock);
  SUPERBLOCK.encodeInto(superblock, 0, {
    s_feature_incompat: s_feature_incompat | 0x1000 | 0x100_0000,
  });
  SUPERBLOCK.encodeInto(superblock, 0, { s_checksum: superblockChecksum(superblock) });
  await assert.rejects(openFileSystem(bytesSource(copy)), (error) => {
    assert.ok(error instanceof UnsupportedFeatureError);
    assert.deepEqual(error.features, ["dirdata", "FEATURE_0x1000000"]);
    return true;
  });
});
