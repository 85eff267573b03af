/**
 * How many files of an image lie in the blocks of others.
 * @module
 */

import { CorruptImageError, UnsupportedFeatureError } from "../ext4/image_errors.ts";
import { FIRST_INODE, type InodeNumber, roundUp } from "../ext4/numbers.ts";
import type { StoredFile } from "../ext4/reader/metadata/stored_file.ts";
import { Breather } from "../host/breathe.ts";
import type { ImageReader } from "./image_reader.ts";
import { StretchList } from "./verify/stretch_list.ts";

/** What an image saves by storing equal files once. */
export interface ImageSharing {
  /** Files that lie in exactly the blocks of another. */
  readonly countFiles: number;
  /** What blocks of their own would take. */
  readonly savedBytes: number;
}

/**
 * Goes through the inodes of an image whose files may share blocks; damaged ones are passed over.
 * @returns `undefined` where no file can, or where that cannot be seen
 */
export async function sharingOf(
  { info, storage }: ImageReader,
  signal: AbortSignal = new AbortController().signal,
): Promise<ImageSharing | undefined> {
  if (storage?.sharesBlocks !== true) return undefined;
  const breather = new Breather(signal);
  const stretches = new StretchList();
  let [countFiles, savedBytes] = [0, 0];
  for (let number: number = FIRST_INODE; number <= info.countInodes; number++) {
    if (breather.due) await breather.pause();
    const place = await placeOf(() => storage.placeOf(number as InodeNumber));
    if (place === undefined || place.isLink || place.stretches.length === 0) continue;
    if (stretches.add(place)) continue;
    if (stretches.sameAs(place) === undefined) continue;
    countFiles++;
    for (const { lengthBytes } of place.stretches) {
      savedBytes += roundUp(lengthBytes, info.blockSizeBytes);
    }
  }
  return { countFiles, savedBytes };
}

async function placeOf(
  look: () => (StoredFile | undefined) | Promise<StoredFile | undefined>,
): Promise<StoredFile | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CorruptImageError || error instanceof UnsupportedFeatureError) {
      return undefined;
    }
    throw error;
  }
}
