/**
 * Which file systems another program or another machine answers for: each call may take long, or
 * never end.
 * @module
 */

import { type Mount, readMounts } from "./mount_table.ts";

const REMOTE = new Set([
  "9p",
  "afs",
  "beegfs",
  "ceph",
  "cifs",
  "coda",
  "fuse",
  "glusterfs",
  "gpfs",
  "lustre",
  "nfs",
  "nfs4",
  "orangefs",
  "smb3",
  "smbfs",
  "virtiofs",
]);

/**
 * Whether a file system is such a one. The kernel's list of mounts says so, without a question to
 * the file system, which may never be answered.
 *
 * @param device Its number, `major:minor`.
 */
export function isRemote(device: string, mounts: readonly Mount[] = mountsHere()): boolean {
  const mount = mounts.find((each) => each.device === device);
  return mount !== undefined && isRemoteType(mount.fileSystem);
}

/** By its name, such as `nfs4` or `fuse.sshfs`; `fuseblk` lies on a disk of this machine. */
export function isRemoteType(fileSystem: string): boolean {
  return REMOTE.has(fileSystem) || fileSystem.startsWith("fuse.");
}

function mountsHere(): Mount[] {
  try {
    return readMounts();
  } catch {
    // Without /proc nothing is known.
    return [];
  }
}
