/**
 * A whole disk: its partitions, and what is in them.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { printable } from "../../host/libc/paths.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { EXT_HEAD_BYTES, extHeadOf } from "./ext_head.ts";
import { BEGINNING_BYTES, formatOf } from "./formats.ts";
import { type Partition, partitionsOf } from "./partitions.ts";

/** More are counted only. */
const MOST_SHOWN = 16;
export const EXT = "ext2, ext3 or ext4";

/** A partition, and what is in it. */
export interface DiskPartition extends Partition {
  /** Whether it begins as an image of ext2, ext3 or ext4 does. */
  readonly isExt: boolean;
  /** What it holds; empty where that is not known. */
  readonly contents: string;
  /** How that is labelled, as it may be shown; empty where it is not. */
  readonly label: string;
}

/**
 * The partitions of a whole disk; `undefined` where there is no table of partitions.
 *
 * @throws EnvironmentError when it cannot be read.
 */
export async function diskPartitions(
  source: HostBlockSource,
): Promise<readonly DiskPartition[] | undefined> {
  const read = (offset: number, length: number) => readThere(source, offset, length);
  const partitions = await partitionsOf(read, source.sizeBytes);
  return partitions && await Promise.all(partitions.map((each) => described(each, read)));
}

/** A list of them for a sentence, with number, size, place, contents and label. */
export function partitionList(partitions: readonly DiskPartition[]): string {
  const lines = partitions.slice(0, MOST_SHOWN).map(
    ({ number, offsetBytes, sizeBytes, contents, label }) => {
      const about = [contents, label && `label ${label}`].filter((each) => each !== "").join(", ");
      const size = formatSize(sizeBytes);
      return `number ${number}, ${size} at byte ${offsetBytes}${about && ` (${about})`}`;
    },
  );
  const countMore = partitions.length - lines.length;
  if (countMore > 0) lines.push(`${countMore} more`);
  return lines.join("; ") || "none";
}

async function described(
  partition: Partition,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<DiskPartition> {
  const { offsetBytes, sizeBytes } = partition;
  const ext = extHeadOf(await read(offsetBytes, Math.min(EXT_HEAD_BYTES, sizeBytes)));
  if (ext !== undefined) {
    return { ...partition, isExt: true, contents: EXT, label: printable(ext.label) };
  }
  const beginning = await read(offsetBytes, Math.min(BEGINNING_BYTES, sizeBytes));
  return { ...partition, isExt: false, contents: formatOf(beginning)?.name ?? "", label: "" };
}

/** Fewer bytes where the disk ends before. */
async function readThere(
  source: HostBlockSource,
  offsetBytes: number,
  sizeBytes: number,
): Promise<Uint8Array> {
  const there = Math.max(0, Math.min(sizeBytes, source.sizeBytes - offsetBytes));
  const bytes = new Uint8Array(there);
  if (there > 0) await source.read(offsetBytes, bytes);
  return bytes;
}
