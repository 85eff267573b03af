/**
 * What is said of a whole disk: its partitions, what is in them, and how to get at one.
 * @module
 */

import {
  SUPERBLOCK,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_OFFSET_BYTES,
} from "../../ext4/structs/superblock.ts";
import { BEGINNING_BYTES, formatOf } from "./formats.ts";
import { type Partition, partitionsOf, type ReadBytes } from "./partitions.ts";

/** More are counted only. */
const MOST_SHOWN = 16;
const EXT = "ext2, ext3 or ext4";

/** What a disk is, and what to do; `undefined` where it has no table of partitions. */
export async function diskHint(
  read: ReadBytes,
  file: string,
): Promise<{ readonly what: string; readonly help: string } | undefined> {
  const partitions = await partitionsOf(read);
  if (partitions === undefined) return undefined;
  const shown = await Promise.all(
    partitions.slice(0, MOST_SHOWN).map(async (partition) => ({
      ...partition,
      contents: await contentsOf(read, partition),
    })),
  );
  const lines = shown.map(({ number, offsetBytes, sizeBytes, contents }) =>
    `${number} at byte ${offsetBytes} with ${sizeBytes} bytes${contents && ` (${contents})`}`
  );
  if (partitions.length > shown.length) lines.push(`${partitions.length - shown.length} more`);
  const what = `it is a whole disk with partitions: ${lines.join("; ") || "none"}`;
  const first = shown.find(({ contents }) => contents === EXT);
  if (first === undefined) return { what, help: `None of those shown is ${EXT}` };
  const { number, offsetBytes, sizeBytes } = first;
  return {
    what,
    help: `Attach number ${number}, and name the device that this prints: ` +
      `sudo losetup --find --show --read-only --offset ${offsetBytes} --sizelimit ${sizeBytes} ${file}`,
  };
}

/** What lies in a partition; empty where that is not known. */
async function contentsOf(read: ReadBytes, { offsetBytes }: Partition): Promise<string> {
  const superblock = await read(offsetBytes + SUPERBLOCK_OFFSET_BYTES, SUPERBLOCK.sizeBytes);
  const isExt = superblock.length === SUPERBLOCK.sizeBytes &&
    SUPERBLOCK.decode(superblock).s_magic === SUPERBLOCK_MAGIC;
  if (isExt) return EXT;
  return formatOf(await read(offsetBytes, BEGINNING_BYTES))?.name ?? "";
}
