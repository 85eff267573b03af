/**
 * Which stretch of a file is the image: all of it as a rule, of a whole disk one partition.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { type DiskPartition, diskPartitions, EXT, partitionList } from "../no_image/disk.ts";
import { EXT_HEAD_BYTES, extHeadOf } from "../no_image/ext_head.ts";
import { SliceSource } from "./slice_source.ts";

/** What the caller says about it. */
export interface Placement {
  /** The number of a partition. */
  readonly partition?: number | undefined;
  /** Where the image begins. */
  readonly imageOffsetBytes?: number | undefined;
}

/**
 * The image within a source: the source itself, or what owns it. Of a whole disk the only partition
 * with an image is taken by itself.
 *
 * @throws UsageError when there are several to choose from, or not what was chosen; the source stays
 * open. EnvironmentError when it cannot be read.
 */
export async function imageWithin(
  source: HostBlockSource,
  { partition, imageOffsetBytes }: Placement,
): Promise<HostBlockSource> {
  if (imageOffsetBytes !== undefined) return atOffset(source, imageOffsetBytes, partition);
  if (partition === undefined && await isImage(source)) return source;
  const partitions = await diskPartitions(source);
  if (partition !== undefined) return slice(source, chosen(source, partitions, partition));
  const images = partitions?.filter(({ isExt }) => isExt) ?? [];
  if (images.length > 1) throw toBeChosen(source, images);
  return images.length === 1 ? slice(source, images[0]!) : source;
}

function slice(
  source: HostBlockSource,
  { number, offsetBytes, sizeBytes }: DiskPartition,
): HostBlockSource {
  return new SliceSource(source, `partition ${number}`, offsetBytes, sizeBytes);
}

function atOffset(
  source: HostBlockSource,
  offsetBytes: number,
  partition: number | undefined,
): HostBlockSource {
  const { shownName, sizeBytes } = source;
  if (partition !== undefined) {
    throw new UsageError(
      `cannot read ${shownName} both at an offset and at a partition. Leave one of them out.`,
      "offset-and-partition",
    );
  }
  if (offsetBytes < sizeBytes) {
    return new SliceSource(source, `offset ${offsetBytes}`, offsetBytes, Infinity);
  }
  throw new UsageError(
    `cannot read ${shownName} from byte ${offsetBytes} on: it has ${counted(sizeBytes, "byte")}. ` +
      "Give a smaller offset.",
    "offset-outside",
  );
}

async function isImage(source: HostBlockSource): Promise<boolean> {
  const head = new Uint8Array(Math.min(EXT_HEAD_BYTES, source.sizeBytes));
  if (head.length > 0) await source.read(0, head);
  return extHeadOf(head) !== undefined;
}

function chosen(
  { shownName }: HostBlockSource,
  partitions: readonly DiskPartition[] | undefined,
  number: number,
): DiskPartition {
  const found = partitions?.find((each) => each.number === number);
  if (found !== undefined) return found;
  throw partitions === undefined
    ? new UsageError(
      `cannot read partition ${number} of ${shownName}: it has no table of partitions. ` +
        "Read it without choosing one.",
      "no-partitions",
    )
    : new UsageError(
      `cannot read partition ${number} of ${shownName}: there is none of that number. ` +
        `There are: ${partitionList(partitions)}.`,
      "no-such-partition",
    );
}

function toBeChosen(
  { shownName }: HostBlockSource,
  images: readonly DiskPartition[],
): UsageError {
  return new UsageError(
    `cannot read ${shownName}: it is a whole disk with ${images.length} partitions of ${EXT}: ` +
      `${partitionList(images)}. Choose one by its number.`,
    "which-partition",
  );
}
