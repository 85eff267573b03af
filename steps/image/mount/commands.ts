/**
 * The commands that mount and unmount an image, as pure functions.
 * @module
 */

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

/** Unmounts what the kernel mounted, or root. */
export const umountArgv = (folder: string): string[] => ["umount", "--", folder];

/** Unmounts a FUSE file system of one who is not root. */
export const fusermountArgv = (program: string, folder: string): string[] => [
  program,
  "-u",
  "--",
  folder,
];
