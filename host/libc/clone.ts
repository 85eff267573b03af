/**
 * Lets a range of one file be a range of another, without a copy: `FICLONERANGE`.
 *
 * Source: ioctl_ficlonerange(2). Both files then have the same blocks on the disk until one of them
 * is written to.
 * @module
 */

import { check, lastErrno, libc } from "./calls.ts";
import { ERRNO, SystemError } from "./errno.ts";
import type { Descriptor } from "./files.ts";
import { typeOfFileSystem } from "./file_systems.ts";

/** `_IOW(0x94, 13, struct file_clone_range)`, the same on x64 and arm64. */
const FICLONERANGE = 0x4020_940d;
/** One call is not interrupted: more than this takes several. */
const MOST_BYTES = 2 ** 30;

/** A range of an open file. */
export interface CloneSource {
  readonly fd: Descriptor;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/**
 * Clones a range; offsets, and the length unless it ends the file, are multiples of the file
 * system's block.
 * @returns why it was refused: then nothing, or a part only, was cloned; `undefined` when it was done
 */
export function cloneRange(
  { fd, offsetBytes, lengthBytes }: CloneSource,
  to: Descriptor,
  toOffsetBytes: number,
): SystemError | undefined {
  const range = new BigInt64Array(4);
  for (let done = 0; done < lengthBytes; done += MOST_BYTES) {
    range[0] = BigInt(fd);
    range[1] = BigInt(offsetBytes + done);
    range[2] = BigInt(Math.min(lengthBytes - done, MOST_BYTES));
    range[3] = BigInt(toOffsetBytes + done);
    if (libc.ioctl(to, FICLONERANGE, range) === 0) continue;
    if (lastErrno() !== ERRNO.EINTR) return new SystemError("clone", lastErrno());
    check("clone", () => libc.ioctl(to, FICLONERANGE, range));
  }
  return undefined;
}

/** Numbers of `linux/magic.h`; that of ZFS is in no header of the kernel. */
const TYPE = { btrfs: 0x9123_683e, xfs: 0x5846_5342, zfs: 0x2fc1_2fc1 } as const;

/** Whether a file lies on btrfs or XFS. */
export function isCloningFileSystem(fd: Descriptor): boolean {
  const type = typeOfFileSystem(fd);
  return type === TYPE.btrfs || type === TYPE.xfs;
}

/**
 * Whether clones can be relied on where a file lies: versions of ZFS that are still in use lose data
 * by them (OpenZFS #15526 and #15933).
 */
export function areClonesReliable(fd: Descriptor): boolean {
  return isReliable(typeOfFileSystem(fd));
}

/** The same by the number of the file system's type. */
export function isReliable(type: number): boolean {
  return type !== TYPE.zfs;
}
