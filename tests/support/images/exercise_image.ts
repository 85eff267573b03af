/**
 * Reads all there is in an image: what a hostile one must survive.
 * @module
 */

import type { BlockSource } from "../../../ext4/reader/bytes/block_source.ts";
import { type FileSystem, openFileSystem } from "../../../ext4/reader/file_system.ts";
import type { WalkedEntry } from "../../../ext4/reader/walk/entry.ts";

/** Most bytes read of one file; a file may well claim 16 TiB of holes. */
const MOST_BYTES = 1 << 20;
const MOST_RANGES = 10_000;

/** Walks the image, and reads contents, targets and attributes; throws the first error. */
export async function exercise(source: BlockSource): Promise<number> {
  const files = await openFileSystem(source);
  let countEntries = 0;
  await files.xattrs("/");
  for await (const entry of files.walk()) {
    countEntries++;
    await exerciseEntry(files, entry);
  }
  return countEntries;
}

async function exerciseEntry(files: FileSystem, entry: WalkedEntry): Promise<void> {
  await files.xattrs(entry.inode);
  await files.stat(entry.path);
  if (entry.kind === "symlink") await files.readLink(entry.inode);
  if (entry.kind !== "file") return;
  for await (const _ of files.readFile(entry.inode, { endBytes: MOST_BYTES }));
  let countRanges = 0;
  for await (const _ of files.dataRanges(entry.inode)) if (++countRanges > MOST_RANGES) break;
}
