/**
 * What is mounted where, as the kernel lists it.
 * @module
 */

import { readFileSync } from "node:fs";

/** One mount. */
export interface Mount {
  readonly mountpoint: string;
  /** What of its file system is seen there: `/`, or a folder, as with `mount --bind`. */
  readonly root: string;
  /** Its file system's number, `major:minor`. */
  readonly device: string;
  /** e.g. `ext4`, `fuse.fuse2fs`, `fuseblk`. */
  readonly fileSystem: string;
  /** A device, or what a FUSE program calls itself. */
  readonly source: string;
  /** e.g. `ro`, `nosuid`. */
  readonly options: readonly string[];
}

/** All mounts that this process sees, in the order in which they were made. */
export function readMounts(
  table: string = readFileSync("/proc/self/mountinfo", "utf8"),
): Mount[] {
  return table.split("\n").flatMap(parseLine);
}

/**
 * The topmost mount at a folder; `undefined` where nothing is mounted.
 *
 * @param folder Its real path.
 */
export function mountAt(folder: string, table?: string): Mount | undefined {
  return readMounts(table).findLast(({ mountpoint }) => mountpoint === folder);
}

// proc_pid_mountinfo(5): fields up to a lone dash, then type, source and further options.
function parseLine(line: string): Mount[] {
  const [head, tail] = line.split(" - ", 2);
  const [, , device, root, mountpoint, options] = head!.split(" ");
  const [fileSystem, source, superOptions] = (tail ?? "").split(" ");
  if (
    device === undefined || root === undefined || mountpoint === undefined ||
    fileSystem === undefined ||
    source === undefined
  ) {
    return [];
  }
  return [{
    mountpoint: unescape(mountpoint),
    root: unescape(root),
    device,
    fileSystem,
    source: unescape(source),
    options: [...new Set([...(options ?? "").split(","), ...(superOptions ?? "").split(",")])],
  }];
}

/** The kernel writes blanks, tabs, newlines and backslashes as `\ooo`; all else stays as it is. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
