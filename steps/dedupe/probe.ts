/**
 * Distinguishes large files of one size by a page of each, so that few have to be read whole.
 * @module
 */

import { crc32c, CRC32C_SEED } from "../../ext4/crc32c.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { closeRead, readFullyAt } from "../../host/libc/files.ts";
import { type ContentReading, openUnchanged } from "./content_reader.ts";

/** Smaller files are read whole at once: a look at each takes as long. */
const LEAST_BYTES = 256 * 1024;
const PAGE_BYTES = 4096;

/**
 * Those of the files that may still have an equal.
 * @param isKnown whether the digest of a file is known: among such alone no look is needed
 */
export async function probe(
  files: readonly TreeInode[],
  isKnown: (inode: TreeInode) => boolean,
  reading: ContentReading,
): Promise<TreeInode[]> {
  const { breather, pace, source: { tree: { sizeBytes } } } = reading;
  const unknownSizes = new Set<number>();
  for (const inode of files) {
    const size = sizeBytes[inode]!;
    if (size >= LEAST_BYTES && !isKnown(inode)) unknownSizes.add(size);
  }
  /** The page of each file that is looked at, and how often there is such a one. */
  const pages = new Map<TreeInode, string>();
  const counts = new Map<string, number>();
  for (const inode of files) {
    if (!unknownSizes.has(sizeBytes[inode]!)) continue;
    const page = `${sizeBytes[inode]}/${pageOf(inode, reading)}`;
    pages.set(inode, page);
    counts.set(page, (counts.get(page) ?? 0) + 1);
    await pace?.take(PAGE_BYTES);
    if (breather.due) await breather.pause();
  }
  return files.filter((inode) => {
    const page = pages.get(inode);
    return page === undefined || counts.get(page)! > 1;
  });
}

/** From the middle: what cameras and databases write begins alike. */
function pageOf(inode: TreeInode, { source, onRead }: ContentReading): string {
  const fd = openUnchanged(source, inode);
  // It will not be possible to read it either: it is like no other.
  if (fd === undefined) return `-${inode}`;
  try {
    const page = new Uint8Array(PAGE_BYTES);
    const middle = Math.floor(source.tree.sizeBytes[inode]! / 2 / PAGE_BYTES) * PAGE_BYTES;
    const count = readFullyAt(fd, page, middle);
    onRead(count);
    return String(crc32c(CRC32C_SEED, page.subarray(0, count)));
  } catch (error) {
    if (error instanceof SystemError) return `-${inode}`;
    throw error;
  } finally {
    closeRead(fd);
  }
}
