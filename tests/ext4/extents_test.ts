import assert from "node:assert/strict";
import fc from "fast-check";
import { blockRanges, countBlocksOf } from "../../ext4/plan/block_ranges.ts";
import {
  countExtentBlocks,
  extentLevels,
  extentsOf,
  fewestExtentsFor,
} from "../../ext4/plan/extents.ts";
import { sortByKey } from "../../ext4/plan/hash_order.ts";
import { blockOfItem, segmentsOf } from "../../ext4/plan/segments.ts";

const ranges = fc.uniqueArray(fc.nat(100_000), { maxLength: 40 }).map(
  (cuts) => {
    const sorted = cuts.sort((a, b) => a - b);
    return Float64Array.from(sorted.slice(0, sorted.length & ~1));
  },
);

Deno.test("every byte of data lies in a block that is stored, and blocks without data do not", () => {
  fc.assert(
    fc.property(
      ranges,
      fc.constantFrom(1024, 4096),
      (bytes, blockSizeBytes) => {
        const pairs = blockRanges(bytes, 100_000, blockSizeBytes);
        const isStored = (block: number) =>
          pairs.some((start, i) =>
            i % 2 === 0 && block >= start && block < pairs[i + 1]!
          );
        for (let block = 0; block * blockSizeBytes < 100_000; block++) {
          const start = block * blockSizeBytes;
          const end = Math.min(start + blockSizeBytes, 100_000);
          const hasData = bytes.some((first, i) =>
            i % 2 === 0 && first < end && bytes[i + 1]! > start
          );
          assert.equal(isStored(block), hasData, `block ${block}`);
        }
      },
    ),
  );
});

const spans = fc.record({
  pieces: fc.array(fc.integer({ min: 1, max: 70_000 }), {
    minLength: 1,
    maxLength: 8,
  }),
  ranges: ranges.filter((pairs) => pairs.length > 0),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  countMin: fc.nat(30),
});

Deno.test("extents map every block of a file once and in order, at most 32,768 blocks each", () => {
  fc.assert(fc.property(spans, ({ pieces, ranges, part, countMin }) => {
    const countBlocks = countBlocksOf(ranges);
    let firstBlock = 100;
    const segments = segmentsOf([...pieces, countBlocks].map((length) => {
      const piece = { firstBlock, countBlocks: length };
      firstBlock += length + 10;
      return piece;
    }));
    const total = pieces.reduce((sum, length) => sum + length, 0);
    const start = Math.floor(part * total);
    const extents = extentsOf(
      { start, countBlocks, ranges },
      segments,
      Math.min(countMin, countBlocks),
    );
    assert.ok(extents.count >= Math.min(countMin, countBlocks));
    let item = start;
    let e = 0;
    for (let r = 0; r < ranges.length; r += 2) {
      for (let fileBlock = ranges[r]!; fileBlock < ranges[r + 1]!;) {
        const length = extents.countBlocks[e]!;
        assert.ok(length >= 1 && length <= 32_768);
        assert.equal(extents.fileBlock[e], fileBlock);
        assert.equal(extents.block[e], blockOfItem(segments, item));
        assert.equal(
          extents.block[e]! + length - 1,
          blockOfItem(segments, item + length - 1),
        );
        fileBlock += length;
        item += length;
        e++;
      }
    }
    assert.equal(e, extents.count);
  }));
});

Deno.test("trees are as deep as needed, and the fewest extents of a tree are reported", () => {
  assert.deepEqual(extentLevels(4, 340), []);
  assert.deepEqual(extentLevels(5, 340), [1]);
  assert.deepEqual(extentLevels(1361, 340), [5, 1]);
  assert.deepEqual(extentLevels(84 ** 3, 84), [84 ** 2, 84, 1]);
  fc.assert(fc.property(fc.integer({ min: 5, max: 2_000_000 }), (count) => {
    const blocks = countExtentBlocks(count, 84);
    const fewest = fewestExtentsFor(blocks, 84);
    assert.ok(fewest <= count);
    assert.equal(countExtentBlocks(fewest, 84), blocks);
    assert.ok(fewest === 5 || countExtentBlocks(fewest - 1, 84) < blocks);
  }));
});

Deno.test("names are sorted by hash as a stable sort would, few or many", () => {
  const keys = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), {
    maxLength: 300,
  });
  fc.assert(fc.property(keys, fc.nat(0xff), (values, mask) => {
    const some = values.map((value) => mask > 128 ? value : value % (mask + 1));
    const expected = some.map((key, i) => [key, i] as const).sort(([a], [b]) =>
      a - b
    );
    const sorted = Uint32Array.from(some);
    const payload = Uint32Array.from(some, (_, i) => i);
    sortByKey(sorted, payload);
    assert.deepEqual([...payload], expected.map(([, i]) => i));
    assert.deepEqual([...sorted], expected.map(([key]) => key));
  }));
});
