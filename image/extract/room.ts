/**
 * Whether the target's disk has room, asked before the first byte is written.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { printable } from "../../host/libc/paths.ts";
import { freeBytes } from "../../host/libc/status.ts";
import { formatSize } from "../../pipeline/words/size.ts";

/** @throws EnvironmentError `disk-full` */
export function requireRoomFor(sizeBytes: number, folder: Descriptor, target: string): void {
  const free = freeBytes(folder);
  if (free >= sizeBytes) return;
  throw new EnvironmentError(
    `cannot extract into ${printable(target)}: ${formatSize(sizeBytes)} are to be written, and ` +
      `the disk has ${formatSize(free)} free. Make room, or choose another folder.`,
    "disk-full",
  );
}
