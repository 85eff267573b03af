/**
 * Whether the disk has room, asked before the first byte is written.
 * @module
 */

import { dirname } from "node:path";
import { EnvironmentError } from "../host/environment_error.ts";
import { close, CURRENT_FOLDER, O_RDONLY, openAt } from "../host/libc/files.ts";
import { printable } from "../host/libc/paths.ts";
import { freeBytes, StatusBuffer, statusOfOpen } from "../host/libc/status.ts";
import type { Fact } from "../pipeline/step.ts";
import { formatSize } from "../pipeline/words/size.ts";

/**
 * Makes sure that a file has room to grow.
 *
 * @param path The file, which exists.
 * @throws EnvironmentError `disk-full`.
 */
export function requireRoom(path: string, sizeBytes: number): void {
  const fd = openAt(CURRENT_FOLDER, path, O_RDONLY);
  try {
    const status = new StatusBuffer();
    statusOfOpen(fd, status);
    const missing = sizeBytes - status.allocatedBytes;
    const free = freeBytes(fd);
    if (free < missing) throw diskFull(path, missing, free);
  } finally {
    close(fd);
  }
}

/**
 * The room that a dry run finds, in the folder where an image is to lie.
 *
 * @param output Absolute path of the image, or `-`.
 * @throws EnvironmentError `disk-full`, as a build would.
 */
export function roomFor(output: string, sizeBytes: number): Fact[] {
  if (output === "-") return [];
  const folder = openAt(CURRENT_FOLDER, dirname(output), O_RDONLY);
  try {
    const free = freeBytes(folder);
    if (free < sizeBytes) throw diskFull(output, sizeBytes, free);
    return [{ label: "free on the disk", value: free, unit: "bytes" }];
  } finally {
    close(folder);
  }
}

function diskFull(path: string, missingBytes: number, freeBytes: number): EnvironmentError {
  return new EnvironmentError(
    `cannot make ${printable(path)}: it needs ${formatSize(missingBytes)}, and the disk has ` +
      `${formatSize(freeBytes)} free. Make room, or choose another place.`,
    "disk-full",
  );
}
