/**
 * The commands that mount and unmount an image.
 * @module
 */

import { isRoot } from "../../host/user.ts";
import type { Mount } from "../../host/mounts/mount_table.ts";
import { findProgram } from "../../host/programs/find_program.ts";

/** What of an image decides how it is mounted. */
export interface MountSubject {
  /** Its real path. */
  readonly path: string;
  readonly isBlockDevice: boolean;
  readonly hasJournal: boolean;
}

/**
 * The kernel's mount: nothing is written to the image, not even its journal is replayed. The loop
 * device frees itself when the image is unmounted.
 */
export function kernelArgv(subject: MountSubject, folder: string): string[] {
  const options = [
    "ro",
    "nosuid",
    "nodev",
    ...(subject.isBlockDevice ? [] : ["loop"]),
    // Without a journal there is nothing not to load.
    ...(subject.hasJournal ? ["noload"] : []),
  ];
  return ["mount", "-t", "ext4", "-o", options.join(","), "--", subject.path, folder];
}

/**
 * The same by FUSE. The program judges permissions itself: for one who is not root, `fakeroot` lets
 * her read what is in an image that she may read anyway.
 */
export function fuseArgv(subject: MountSubject, folder: string, isRoot: boolean): string[] {
  const options = [
    "ro",
    "nosuid",
    "nodev",
    ...(isRoot ? [] : ["fakeroot"]),
    ...(subject.hasJournal ? ["norecovery"] : []),
  ];
  return ["fuse2fs", "-o", options.join(","), subject.path, folder];
}

/** What the source of a stack is called that icecore has had the kernel mount. */
export const STACK_SOURCE = "icecore";

/**
 * The kernel's overlay of mounted images.
 * @param lower their mount points, topmost first, from the folder on that the program is run in:
 * short names, as all options together have 4 KiB, and nothing in them is to be escaped
 */
export function overlayArgv(lower: readonly string[], folder: string): string[] {
  const options = `ro,nosuid,nodev,lowerdir=${lower.join(":")}`;
  return ["mount", "-t", "overlay", "-o", options, "--", STACK_SOURCE, folder];
}

/** The same by FUSE. */
export function fuseOverlayArgv(lower: readonly string[], folder: string): string[] {
  const options = `ro,nosuid,nodev,lowerdir=${lower.join(":")}`;
  return ["fuse-overlayfs", "-o", options, folder];
}

/** Whether a file system is one of FUSE. */
export const isFuse = (fileSystem: string): boolean => /^fuse/.test(fileSystem);

/** Takes a mount out of sight; it ends when nothing uses it any more, such as an overlay. */
export function detachArgv(
  { fileSystem, mountpoint }: Pick<Mount, "fileSystem" | "mountpoint">,
): string[] {
  const [program, ...rest] = argvOf({ fileSystem, mountpoint });
  return program === "umount" ? [program, "--lazy", ...rest] : [program!, "-z", ...rest];
}

/** Unmounts it: what one who is not root has mounted by FUSE, by FUSE's own program. */
export function argvOf(
  { fileSystem, mountpoint }: Pick<Mount, "fileSystem" | "mountpoint">,
): string[] {
  const fusermount = ["fusermount3", "fusermount"].find((name) => findProgram(name) !== undefined);
  return isFuse(fileSystem) && !isRoot() && fusermount !== undefined
    ? [fusermount, "-u", "--", mountpoint]
    : ["umount", "--", mountpoint];
}
