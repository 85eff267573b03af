/**
 * What is said of files whose contents, or what lies behind them, are damaged.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { FileSystem } from "../../ext4/reader/file_system.ts";
import { LostRanges } from "../../source/lost_ranges.ts";
import type { ImageReader } from "../image_reader.ts";
import type { ComparedContents } from "./contents_check.ts";
import { namesOf, shownNames } from "./names_of.ts";
import type { ImageRange } from "./tails.ts";
import { common } from "./tolerant_source.ts";
import type { VerifyFailure } from "./verification.ts";

/**
 * Names what was found, all names of each file, and where in the image it lies.
 *
 * The record has one digest a file: it cannot say which byte of its data is wrong. What could not
 * be read is known to the byte, and so is what lies behind the end of a file, where all are zeros.
 * @param image opened so that what is broken is left out
 * @param lost what of the image could not be read
 */
export async function* damagedFiles(
  image: ImageReader,
  files: FileSystem,
  { damaged, dirtyTails }: ComparedContents,
  lost: readonly ImageRange[],
): AsyncGenerator<VerifyFailure> {
  const names = await namesOf(image, new Set([...damaged, ...dirtyTails.map((one) => one.inode)]));
  for (const inode of damaged) {
    const paths = shownNames(names, inode);
    const all = await rangesOf(files, inode as InodeNumber);
    const unread = common(all, lost);
    const ranges = unread.length > 0 ? unread : all;
    const message = `${paths.join(", ")}: ${whatIsWrong(ranges, unread.length > 0)}`;
    yield { check: "contents", code: "content-digest", inode, paths, ranges, message };
  }
  for (const { inode, range } of dirtyTails) {
    const paths = shownNames(names, inode);
    const message = `${paths.join(", ")}: the end of its last block, behind the file's end, is ` +
      `damaged in ${shownRanges([range])} of the image; its contents are not`;
    yield { check: "contents", code: "tail", inode, paths, ranges: [range], message };
  }
}

function whatIsWrong(ranges: readonly ImageRange[], isUnread: boolean): string {
  const where = ranges.length === 0 ? "" : `${shownRanges(ranges)} of the image`;
  if (isUnread) return `its contents cannot be read in ${where}`;
  return `its contents are not those that were stored${where && `; the damage is in ${where}`}`;
}

/** Where the data of a file lies. */
async function rangesOf(files: FileSystem, inode: InodeNumber): Promise<ImageRange[]> {
  const stored = await files.storedFile(inode);
  const ranges: [number, number][] = [];
  for (const { imageOffsetBytes: start, lengthBytes } of stored?.stretches ?? []) {
    const last = ranges.at(-1);
    if (last?.[1] === start) last[1] += lengthBytes;
    else ranges.push([start, start + lengthBytes]);
  }
  return ranges;
}

/** E.g. `byte 7`, or `bytes 0–511, 1024–1535`. */
export function shownRanges(ranges: readonly ImageRange[]): string {
  const [[start, end], ...more] = ranges as [ImageRange, ...ImageRange[]];
  if (more.length === 0 && end - start === 1) return `byte ${start}`;
  const shown = new LostRanges();
  for (const [start, end] of ranges) shown.add(start, end);
  return `${shown}`;
}
