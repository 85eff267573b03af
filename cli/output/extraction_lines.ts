/**
 * What the commands that extract print.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import type { Loss } from "../../image/extract/losses.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";

/** What could not be restored. */
export function lossLine({ kind, count, firstPath, reason }: Loss): string {
  const where = count === 1
    ? firstPath
    : `${firstPath} and ${(count - 1).toLocaleString("en")} more`;
  return `${kind}: ${reason}: ${where}`;
}

/** What was extracted. */
export function extractionSummary(
  counts: { countFiles: number; countFolders: number; sizeBytes: number },
  target: string,
): string {
  const { countFiles, countFolders, sizeBytes } = counts;
  return `extracted ${counted(countFiles, "file")} and ${counted(countFolders, "folder")}, ` +
    `${formatSize(sizeBytes)}, into ${printable(target)}`;
}
