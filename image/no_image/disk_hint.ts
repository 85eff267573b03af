/**
 * What is said of a whole disk in which there is nothing to read.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { diskPartitions, EXT, partitionList } from "./disk.ts";

/** What a disk is, and what to do; `undefined` where it has no table of partitions. */
export async function diskHint(
  source: HostBlockSource,
): Promise<{ readonly what: string; readonly help: string } | undefined> {
  const partitions = await diskPartitions(source).catch(() => undefined);
  if (partitions === undefined) return undefined;
  return {
    what: `a whole disk with partitions: ${partitionList(partitions)}`,
    help: `None of those is ${EXT}`,
  };
}
