/**
 * What is mounted at a folder, as the kernel tells it.
 * @module
 */

import { readFileSync } from "node:fs";

/** One mount. */
export interface Mount {
  readonly mountpoint: string;
  /** e.g. `ext4`, `fuse.fuse2fs`, `fuseblk`. */
  readonly fileSystem: string;
  /** A device, or what a FUSE program calls itself. */
  readonly source: string;
  /** e.g. `ro`, `nosuid`. */
  readonly options: readonly string[];
}

/**
 * The topmost mount at a folder; `undefined` where nothing is mounted.
 *
 * @param folder Its real path.
 */
export function mountAt(
  folder: string,
  table: string = readFileSync("/proc/self/mountinfo", "utf8"),
): Mount | undefined {
  return table.split("\n").map(parseLine).findLast((mount) => mount?.mountpoint === folder);
}

// proc_pid_mountinfo(5): fields up to a lone dash, then type, source and further options.
function parseLine(line: string): Mount | undefined {
  const [head, tail] = line.split(" - ", 2);
  const [, , , , mountpoint, options] = head!.split(" ");
  const [fileSystem, source, superOptions] = (tail ?? "").split(" ");
  if (mountpoint === undefined || fileSystem === undefined || source === undefined) {
    return undefined;
  }
  return {
    mountpoint: unescape(mountpoint),
    fileSystem,
    source: unescape(source),
    options: [...new Set([...(options ?? "").split(","), ...(superOptions ?? "").split(",")])],
  };
}

/** The kernel writes blanks, tabs, newlines and backslashes as `\ooo`. */
function unescape(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const result: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const digits = /^\\([0-7]{3})$/.exec(String.fromCharCode(...bytes.subarray(i, i + 4)));
    result.push(digits === null ? bytes[i]! : parseInt(digits[1]!, 8));
    if (digits !== null) i += 3;
  }
  return new TextDecoder().decode(Uint8Array.from(result));
}
