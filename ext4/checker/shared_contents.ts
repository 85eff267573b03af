/**
 * Files that lie in the blocks of others: whether these have the same contents, as the record says.
 *
 * With `shared_blocks`, e2fsck lets every block of data have any number of owners. An image of
 * icecore shares whole files only, and its record knows what each of them held.
 * @module
 */

import { type Column, f64Column, u32Column } from "../columns.ts";
import type { InodeNumber } from "../numbers.ts";
import type { Inode } from "../reader/inode/inode.ts";
import { loadInodesChecksum, loadRecord, type RecordData } from "../reader/metadata/record.ts";
import type { Reading } from "../reader/reading.ts";
import type { Volume } from "../reader/volume.ts";
import { RECORD_DIGEST_BYTES } from "../structs/record.ts";
import type { Findings } from "./findings.ts";

/** Where the contents of a file lie. */
export interface ContentBlocks {
  /** The block of the image in which they begin; 0 where there are none. */
  readonly firstBlock: number;
  /** Blocks that they take. */
  readonly countMapped: number;
  /** Of these, those that are contents of another file as well. */
  readonly countShared: number;
}

interface Sharer {
  readonly inode: InodeNumber;
  readonly sizeBytes: number;
  readonly firstBlock: number;
  readonly countMapped: number;
  /** Whether all of its blocks had an owner before. */
  readonly isWhole: boolean;
}

/** All files with blocks, as far as they matter. */
export class SharedContents {
  readonly #firstBlock: Column<Float64Array> = f64Column();
  readonly #countMapped: Column<Float64Array> = f64Column();
  readonly #inode: Column<Uint32Array> = u32Column();
  #countOwners = 0;
  readonly #sharers: Sharer[] = [];

  /** Adds a file, in the order of the inodes. */
  add({ number: inode, sizeBytes }: Inode, blocks: ContentBlocks): void {
    const { firstBlock, countMapped, countShared } = blocks;
    if (countMapped === 0) return;
    if (countShared > 0) {
      const isWhole = countShared === countMapped;
      this.#sharers.push({ inode, sizeBytes, firstBlock, countMapped, isWhole });
      return;
    }
    const row = this.#countOwners++;
    this.#firstBlock.set(row, firstBlock);
    this.#countMapped.set(row, countMapped);
    this.#inode.set(row, inode);
  }

  /** Compares them, where there is a record that was made for the image as it is. */
  *check(volume: Volume, findings: Findings): Reading<void> {
    if (this.#sharers.length === 0) return;
    const stored = yield* loadRecord(volume);
    if (stored.kind !== "record") return;
    const { record } = stored;
    const ownerOf = this.#ownersByFirstBlock();
    const wrong: Sharer[] = [];
    for (const sharer of this.#sharers) {
      const row = ownerOf(sharer.firstBlock);
      const isSame = row !== undefined && sharer.isWhole &&
        sharer.countMapped === this.#countMapped.array[row] &&
        (yield* this.#isSame(volume, record, sharer, this.#inode.array[row]! as InodeNumber));
      if (!isSame) wrong.push(sharer);
    }
    if (wrong.length === 0) return;
    // Whoever wrote to the image since may have shared blocks as he liked.
    const checksum = yield* loadInodesChecksum(volume, record.countInodes);
    if (checksum !== undefined && checksum !== record.raw.r_inodes_checksum) return;
    for (const { inode, firstBlock: block } of wrong) {
      const why = "the file lies in blocks of another, whose contents are not the same";
      findings.report("shared-contents", "ext4_extent", why, { inode, block });
    }
  }

  *#isSame(
    volume: Volume,
    record: RecordData,
    { inode, sizeBytes }: Sharer,
    owner: InodeNumber,
  ): Reading<boolean> {
    if (inode > record.countInodes || owner > record.countInodes) return false;
    if ((yield* volume.inodes.load(owner)).sizeBytes !== sizeBytes) return false;
    const digests = [inode, owner].map(() => new Uint8Array(RECORD_DIGEST_BYTES));
    yield* record.read(inode, digests[0]!);
    yield* record.read(owner, digests[1]!);
    return digests[0]!.every((byte, i) => byte === digests[1]![i]);
  }

  /** Finds the row of the owner whose contents begin with a block. */
  #ownersByFirstBlock(): (block: number) => number | undefined {
    const first = this.#firstBlock.array.subarray(0, this.#countOwners);
    const order = Uint32Array.from(first, (_, row) => row);
    order.sort((a, b) => first[a]! - first[b]!);
    return (block) => {
      let [low, high] = [0, order.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (first[order[middle]!]! < block) low = middle + 1;
        else high = middle;
      }
      return low < order.length && first[order[low]!] === block ? order[low] : undefined;
    };
  }
}
