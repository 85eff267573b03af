import assert from "node:assert/strict";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { file, folder } from "../support/trees/tree_builder.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const TIB = 1024 * GIB;
/** A piece of data at each offset, holes between. */
const pieces = (sizeBytes: number, ...offsets: number[]) => ({
  sizeBytes,
  ranges: offsets.flatMap((at) => [at, Math.min(at + 10_000, sizeBytes)]),
});

testWith(
  JUDGE,
  "a sparse file of 1 TiB holds data at both ends and in the middle",
  () => judge(folder({ sparse: file(pieces(TIB, 0, TIB / 2, TIB - 10_000)) })),
);

testWith(
  JUDGE,
  "a sparse file past 42.5 GiB is mapped where it belongs",
  () =>
    judge(folder({ sparse: file(pieces(50 * GIB, 0, 42 * GIB, 42.5 * GIB, 43 * GIB, 49 * GIB)) })),
);

testWith(
  JUDGE,
  "a sparse file over 128 GiB is mapped where it belongs",
  () => judge(folder({ sparse: file(pieces(200 * GIB, 127 * GIB, 128 * GIB - 5000, 199 * GIB)) })),
);

testWith(
  JUDGE,
  "a sparse file of almost 16 TiB fits, the most that 4 KiB blocks can hold",
  () => judge(folder({ sparse: file(pieces(16 * TIB - 4096, 0, 16 * TIB - 20_000)) })),
);

testWith(
  JUDGE,
  "a file may be all hole, or have a hole at its end",
  () =>
    judge(folder({ hole: file({ sizeBytes: GIB, ranges: [] }), end: file(pieces(GIB, 5 * MIB)) })),
);

testWith(JUDGE, "1,000 pieces of data make a tree of extents with leaves", () => {
  const offsets = Array.from({ length: 1000 }, (_, i) => i * 64 * KIB);
  return judge(folder({ sparse: file(pieces(100 * MIB, ...offsets)), plain: file("x") }));
});

testWith(JUDGE, "10,000 pieces of data and 1 KiB blocks make a tree of three levels", () => {
  const offsets = Array.from({ length: 10_000 }, (_, i) => i * 16 * KIB);
  const sparse = file({ sizeBytes: 200 * MIB, ranges: offsets.flatMap((at) => [at, at + 1]) });
  return judge(folder({ sparse }), { blockSizeBytes: 1024 }, ({ image }) => {
    const dump = output("debugfs", ["-R", "dump_extents -n /sparse", image]);
    assert.match(dump, / 0\/ 2/);
  });
});

testWith(
  JUDGE,
  "ranges within a block, touching and overlapping after rounding, are one",
  () =>
    judge(
      folder({ f: file({ sizeBytes: 40_000, ranges: [1, 2, 3, 100, 5000, 9000, 9001, 39_999] }) }),
    ),
);

for (const blockSizeBytes of [1024, 2048, 4096] as const) {
  testWith(
    JUDGE,
    `5 GiB without holes lie around copies of the superblock (${blockSizeBytes})`,
    () =>
      judge(
        folder({
          before: file("before"),
          huge: file({ sizeBytes: 5 * GIB + 1234, zeros: true }),
          z: file("behind"),
        }),
        { blockSizeBytes },
        ({ plan }) => {
          assert.ok(plan.layout.groupsWithSuperblock.length >= 6);
          assert.ok(plan.sizeBytes < (5 * GIB) * 1.002);
        },
      ),
  );
}

testWith(
  JUDGE,
  "12 GiB without holes in blocks of 1 KiB take three levels of extents, with files behind it",
  () =>
    judge(
      folder({ huge: file({ sizeBytes: 12 * GIB, zeros: true }), z: file("behind") }),
      { blockSizeBytes: 1024 },
      ({ image }) => {
        assert.match(output("debugfs", ["-R", "dump_extents -n /huge", image]), / 0\/ 2/);
      },
    ),
);

testWith(
  JUDGE,
  "150 GiB without holes fit in one file, with files behind it",
  () => judge(folder({ huge: file({ sizeBytes: 150 * GIB, zeros: true }), z: file("behind") })),
);
