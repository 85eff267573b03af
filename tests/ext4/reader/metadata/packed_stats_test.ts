import assert from "node:assert/strict";
import type { InodeNumber } from "../../../../ext4/numbers.ts";
import { PackedStats } from "../../../../ext4/reader/metadata/packed_stats.ts";
import { kindOfMode, type Stat } from "../../../../ext4/reader/metadata/stat.ts";
import { someStat } from "../walk/some_stat.ts";

const MOST_WORD = 2 ** 32 - 1;
/** The first and the last that ext4 can store: from 1901 to 2446. */
const TIMES = [
  { seconds: -(2 ** 31), nanoseconds: 0 },
  { seconds: -1, nanoseconds: 999_999_999 },
  { seconds: 2 ** 31, nanoseconds: 1 },
  { seconds: 2 ** 34 - 2 ** 31 - 1, nanoseconds: 999_999_999 },
];

Deno.test("metadata comes out as it was packed, whatever it has", () => {
  const stats: Stat[] = [];
  for (const [i, mtime] of TIMES.entries()) {
    const [atime, ctime, crtime] = [1, 2, 3].map((n) => TIMES[(i + n) % TIMES.length]!);
    const mode = [0o100755, 0o040700, 0o120777, 0o020644][i]!;
    stats.push(someStat({ mtime, mode, kind: kindOfMode(mode), countLinks: 0xffff }));
    stats.push(someStat({ mtime, atime: atime!, ctime: ctime!, crtime: crtime! }));
    stats.push(
      someStat({
        mtime,
        crtime: mtime,
        hasXattrs: true,
        uid: MOST_WORD,
        gid: MOST_WORD,
      }),
    );
    stats.push(
      someStat({
        contentsAt: 0,
        flags: MOST_WORD,
        inode: MOST_WORD as InodeNumber,
      }),
    );
    stats.push(
      someStat({
        contentsAt: 2 ** 52,
        sizeBytes: 2 ** 52,
        allocatedBytes: 2 ** 52 + 1,
      }),
    );
    stats.push(someStat({ device: { major: 4095, minor: 1_048_575 } }));
    stats.push(someStat({ projectId: MOST_WORD, device: { major: 0, minor: 0 } }));
  }
  const packed = new PackedStats();
  const rows = stats.map((each) => packed.add(each));
  rows.forEach((row, i) => {
    assert.deepEqual(packed.at(row), stats[i]);
    assert.equal(packed.inodeOf(row), stats[i]!.inode);
    assert.equal(packed.modeOf(row), stats[i]!.mode);
  });
});

Deno.test("thousands of rows are kept apart", () => {
  const packed = new PackedStats();
  for (let i = 0; i < 9000; i++) {
    packed.add(someStat({ sizeBytes: i, uid: 2 * i }));
  }
  for (const row of [0, 1, 15, 16, 4095, 4096, 8191, 8999]) {
    assert.deepEqual(packed.at(row), someStat({ sizeBytes: row, uid: 2 * row }));
  }
});

Deno.test("a file is plainly the same only where all that is compared is the same", () => {
  const packed = new PackedStats();
  for (const mtime of TIMES) {
    const stat = someStat({
      mtime,
      atime: mtime,
      ctime: mtime,
      sizeBytes: 2 ** 40,
      uid: 7,
      gid: 8,
    });
    const { mode, uid, gid, sizeBytes } = stat;
    const same = { mode, uid, gid, sizeBytes, ...mtime };
    const row = packed.add(stat);
    assert.ok(packed.isPlainFile(row, same));
    for (const field of ["mode", "uid", "gid", "sizeBytes", "seconds", "nanoseconds"] as const) {
      const other = { ...same, [field]: same[field] === 0 ? 1 : same[field] - 1 };
      assert.ok(!packed.isPlainFile(row, other), field);
    }
    // The same bits of 34 but for those above the lowest 32.
    const aeon = { ...same, seconds: same.seconds + (same.seconds < 2 ** 33 ? 1 : -1) * 2 ** 32 };
    assert.ok(!packed.isPlainFile(row, aeon));
    for (const more of [{ countLinks: 2 }, { hasXattrs: true }]) {
      assert.ok(!packed.isPlainFile(packed.add({ ...stat, ...more }), same));
    }
  }
});
