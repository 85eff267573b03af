/**
 * Metadata for tests that do not care about all of it.
 */

import type { InodeNumber } from "../../../../ext4/numbers.ts";
import type { Stat } from "../../../../ext4/reader/metadata/stat.ts";

/** Of an empty file. */
export function someStat(more: Partial<Stat> = {}): Stat {
  const time = { seconds: 1_600_000_000, nanoseconds: 5 };
  return {
    inode: 12 as InodeNumber,
    kind: "file",
    mode: 0o100644,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    allocatedBytes: 0,
    countLinks: 1,
    flags: 0,
    hasXattrs: false,
    mtime: time,
    atime: time,
    ctime: time,
    ...more,
  };
}
