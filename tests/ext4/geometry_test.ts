import assert from "node:assert/strict";
import fc from "fast-check";
import { findGeometry, type Geometry } from "../../ext4/plan/groups.ts";
import type { Segments } from "../../ext4/plan/segments.ts";
import { groupsWithSuperblock } from "../../ext4/sparse_super.ts";

/** Everything that has a place, as `[first, end)`, in the order of the image. */
function placesOf(geometry: Geometry): [number, number][] {
  const { firstDataBlock, blocksPerGroup, countDescriptorBlocks } = geometry;
  const copies = groupsWithSuperblock(geometry.countGroups).map((group) => {
    const first = firstDataBlock + group * blocksPerGroup;
    return [first, first + 1 + countDescriptorBlocks] as [number, number];
  });
  const of = (segments: Segments) =>
    Array.from(
      segments.firstBlock,
      (first, k) =>
        [first, first + segments.countBlocks[k]!] as [number, number],
    );
  const all = [
    ...copies,
    ...of(geometry.bitmaps),
    ...of(geometry.tables),
    ...of(geometry.contents),
    ...geometry.free.map(({ firstBlock, countBlocks }) =>
      [firstBlock, firstBlock + countBlocks] as [number, number]
    ),
  ];
  return all.sort(([a], [b]) => a - b);
}

function assertSound(
  geometry: Geometry,
  countInodes: number,
  countContentBlocks: number,
): void {
  let end = geometry.firstDataBlock;
  for (const [first, next] of placesOf(geometry)) {
    assert.equal(first, end, "no gap and no overlap");
    end = next;
  }
  assert.equal(end, geometry.countBlocks, "the last block is a used one");
  const { countGroups, blocksPerGroup, inodesPerGroup, tableBlocksPerGroup } =
    geometry;
  const blocks = geometry.countBlocks - geometry.firstDataBlock;
  assert.equal(Math.ceil(blocks / blocksPerGroup), countGroups);
  assert.ok(
    blocksPerGroup % 8 === 0 && blocksPerGroup <= 8 * geometry.blockSizeBytes,
  );
  assert.ok(
    inodesPerGroup % 8 === 0 && inodesPerGroup <= 8 * geometry.blockSizeBytes,
  );
  assert.ok(countGroups * inodesPerGroup >= countInodes);
  assert.equal(
    tableBlocksPerGroup * geometry.blockSizeBytes,
    inodesPerGroup * 256,
  );
  for (const count of geometry.tables.countBlocks) {
    assert.equal(count % tableBlocksPerGroup, 0);
  }
  const sum = (segments: Segments) =>
    segments.countBlocks.reduce((a, b) => a + b, 0);
  assert.equal(sum(geometry.contents), countContentBlocks);
  assert.equal(sum(geometry.bitmaps), 2 * countGroups);
}

const blockSizes = fc.constantFrom(1024, 2048, 4096);

Deno.test("whatever has to be placed, nothing overlaps and the last block is used", () => {
  fc.assert(
    fc.property(
      blockSizes,
      fc.oneof(
        fc.integer({ min: 11, max: 3000 }),
        fc.integer({ min: 11, max: 3_000_000 }),
      ),
      fc.oneof(
        fc.integer({ min: 2, max: 100_000 }),
        fc.integer({ min: 2, max: 2 ** 28 }),
      ),
      (blockSizeBytes, countInodes, countContentBlocks) => {
        const geometry = findGeometry({
          blockSizeBytes,
          countInodes,
          countContentBlocks,
        });
        // Every inode has a name, of which a block of 1 KiB holds 85 at the most.
        fc.pre(
          geometry !== undefined || countContentBlocks * 85 >= countInodes,
        );
        assert.ok(geometry !== undefined);
        assertSound(geometry, countInodes, countContentBlocks);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("no block is free where every inode has a name of some length and a block of data", () => {
  fc.assert(
    fc.property(
      blockSizes,
      fc.integer({ min: 11, max: 2_000_000 }),
      fc.nat(1000),
      (blockSizeBytes, countInodes, more) => {
        const countContentBlocks = countInodes + more;
        const geometry = findGeometry({
          blockSizeBytes,
          countInodes,
          countContentBlocks,
        });
        assert.deepEqual(geometry?.free, []);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("one block more never makes the image smaller or much larger, over any edge of a group", () => {
  for (const blockSizeBytes of [1024, 4096]) {
    let before = 0;
    const edge = 8 * blockSizeBytes;
    for (const at of [edge, 3 * edge, 9 * edge]) {
      before = 0;
      for (let count = at - 700; count < at + 40; count++) {
        const geometry = findGeometry({
          blockSizeBytes,
          countInodes: 100,
          countContentBlocks: count,
        })!;
        if (before > 0) {
          const more = geometry.countBlocks - before;
          assert.ok(more >= 1 && more <= 40, `${more} blocks more at ${count}`);
        }
        before = geometry.countBlocks;
      }
    }
  }
});

Deno.test("an image beyond 2^32 blocks (16 TiB) has a geometry, one beyond its descriptors has none", () => {
  const countContentBlocks = 2 ** 32 + 12_345;
  const geometry = findGeometry({
    blockSizeBytes: 4096,
    countInodes: 1000,
    countContentBlocks,
  })!;
  assertSound(geometry, 1000, countContentBlocks);
  assert.ok(geometry.countBlocks > 2 ** 32);
  assert.equal(
    findGeometry({
      blockSizeBytes: 1024,
      countInodes: 1000,
      countContentBlocks,
    }),
    undefined,
  );
});

Deno.test("many empty files take smaller groups, so that their inodes fit", () => {
  const geometry = findGeometry({
    blockSizeBytes: 4096,
    countInodes: 1_000_000,
    countContentBlocks: 6000,
  })!;
  assertSound(geometry, 1_000_000, 6000);
  assert.ok(geometry.blocksPerGroup < 32_768);
  const needed = 6000 + Math.ceil(1_000_000 / 16);
  assert.ok(
    geometry.countBlocks < needed * 1.01,
    `${geometry.countBlocks} of ${needed}`,
  );
});
