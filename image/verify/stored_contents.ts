/**
 * Which files of an image have contents to verify, and where these lie.
 * @module
 */

import { CorruptImageError, UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import { BOOT_LOADER_INODE, FIRST_INODE, type InodeNumber } from "../../ext4/numbers.ts";
import type { FileSystem } from "../../ext4/reader/file_system.ts";
import type { StoredFile } from "../../ext4/reader/metadata/stored_file.ts";
import type { Breather } from "../../host/breathe.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { BlocklessFiles } from "./blockless_files.ts";
import { StretchList } from "./stretch_list.ts";

/** The files of an image with a record. */
export interface StoredContents {
  /** Files in the order in which they lie in the image. */
  readonly stretches: StretchList;
  /** Files without data. */
  readonly blockless: BlocklessFiles;
  /** Files that lie in exactly the places of another, which need not be read once more. */
  readonly shared: readonly SharedStretches[];
  /** Files that do not lie in one order, and symbolic links: they are read one by one. */
  readonly scattered: readonly StoredFile[];
  /** Regular files among them. */
  readonly countFiles: number;
  /** Bytes of data of all; holes do not count. */
  readonly dataBytes: number;
}

/** A file that lies where another does. */
export interface SharedStretches {
  readonly number: InodeNumber;
  readonly ownerNumber: InodeNumber;
  /** Of its data; holes do not count. */
  readonly dataBytes: number;
}

/** What they were read into is garbage. */
const INODES_A_COLLECTION = 1 << 15;

/** Goes through the inodes; those that are damaged are passed over, as the checker names them. */
export async function storedContents(
  files: FileSystem,
  countInodes: number,
  breather: Breather,
): Promise<StoredContents> {
  const stretches = new StretchList();
  const blockless = new BlocklessFiles();
  const shared: SharedStretches[] = [];
  const scattered: StoredFile[] = [];
  let countFiles = 0;
  let dataBytes = 0;
  const keep = (inode: InodeNumber, file: StoredFile | undefined) => {
    if (file === undefined) return;
    // The record is not a file.
    if (inode !== BOOT_LOADER_INODE) {
      if (!file.isLink) countFiles++;
      dataBytes += dataBytesOf(file);
    }
    if (file.stretches.length === 0) blockless.add(inode, file.sizeBytes);
    else if (file.isLink) scattered.push(file);
    else if (!stretches.add(file)) {
      const ownerNumber = stretches.sameAs(file) as InodeNumber | undefined;
      if (ownerNumber === undefined) scattered.push(file);
      else shared.push({ number: inode, ownerNumber, dataBytes: dataBytesOf(file) });
    }
  };
  // A promise only where the source gave one: of a million inodes hardly any has to be waited for.
  const add = (inode: InodeNumber): Promise<void> | undefined => {
    try {
      const found = files.storedFile(inode);
      if (found instanceof Promise) return found.then((file) => keep(inode, file), passOver);
      keep(inode, found);
    } catch (error) {
      passOver(error);
    }
    return undefined;
  };
  for (let number: number = FIRST_INODE; number <= countInodes; number++) {
    if (breather.due) await breather.pause();
    if (number % INODES_A_COLLECTION === 0) boundGarbage();
    const later = add(number as InodeNumber);
    if (later !== undefined) await later;
  }
  // The record lies behind all files: its end is looked at as well.
  await add(BOOT_LOADER_INODE);
  return { stretches, blockless, shared, scattered, countFiles, dataBytes };
}

/** What is damaged or not understood has no contents to compare. @throws any other error */
function passOver(error: unknown): void {
  if (!(error instanceof CorruptImageError || error instanceof UnsupportedFeatureError)) {
    throw error;
  }
}

/** Bytes of data of a file; holes do not count. */
export function dataBytesOf({ stretches }: StoredFile): number {
  let sum = 0;
  for (const { lengthBytes } of stretches) sum += lengthBytes;
  return sum;
}
