import assert from "node:assert/strict";
import { checkImage } from "../../../ext4/checker/check_image.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { type Region, regionsOf } from "../../support/images/image_regions.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { buildTree } from "../../support/trees/tree_builder.ts";
import { variedTree } from "../../support/trees/varied_tree.ts";

const BLOCK_SIZES = [1024, 2048, 4096] as const;
const FLIPS_PER_REGION = 120;

/** Names of structures of which at least one must be named when a bit of a region is wrong. */
const NAMES: Readonly<Record<Region["kind"], RegExp>> = {
  "boot block": /^boot block$/,
  "superblock": /^ext4_super_block$/,
  "descriptors": /^ext4_group_desc$/,
  "block bitmap": /^block bitmap$/,
  "inode bitmap": /^inode bitmap$/,
  "inode table": /^ext4_inode$/,
  "folder": /^(ext4_dir_entry|dx_)/,
  "extent block": /^ext4_extent/,
  "attribute block": /^ext4_xattr/,
  "attribute inode": /^ea_inode$/,
};

/** Numbers below 2^32, the same in every run. */
function randomSource(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 0x1_0000_0000 * below);
  };
}

for (const blockSizeBytes of BLOCK_SIZES) {
  const built = buildTree(variedTree(blockSizeBytes === 1024 ? 9_000_000 : 300_000));
  const image = imageBytes(built, planOf(built, { blockSizeBytes }));

  Deno.test(`an image of icecore with blocks of ${blockSizeBytes} is sound, byte for byte`, async () => {
    const report = await checkImage(bytesSource(image), { exact: true });
    assert.deepEqual(report.findings, []);
    assert.ok(report.isSound);
    assert.equal(report.summary.countFolders, 5);
    assert.equal(report.summary.countSymlinks, 2);
    assert.equal(report.summary.countSpecial, 3);
  });

  Deno.test(`any bit of metadata that flips is found, with blocks of ${blockSizeBytes}`, async () => {
    const random = randomSource(blockSizeBytes);
    const regions = regionsOf(image);
    for (const region of regions) {
      for (let i = 0; i < Math.min(FLIPS_PER_REGION, 8 * region.sizeBytes); i++) {
        const at = region.offsetBytes + random(region.sizeBytes);
        const mask = 1 << random(8);
        image[at]! ^= mask;
        const { findings } = await checkImage(bytesSource(image));
        image[at]! ^= mask;
        const where = `${region.kind}, byte ${at}, mask ${mask}`;
        assert.ok(findings.length > 0, `nothing found: ${where}`);
        const named = findings.some(({ structure }) => NAMES[region.kind].test(structure));
        assert.ok(named, `${where}: ${JSON.stringify(findings)}`);
      }
    }
    const kinds = new Set(regions.map(({ kind }) => kind));
    assert.deepEqual(
      Object.keys(NAMES).filter((kind) => !kinds.has(kind as Region["kind"])),
      [],
      "the image has every structure",
    );
  });
}
