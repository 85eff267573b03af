/**
 * Changes images with malice: what is changed gets a checksum that fits.
 * @module
 */

import assert from "node:assert/strict";
import {
  directoryChecksum,
  extentBlockChecksum,
  inodeChecksum,
  inodeSeed,
} from "../../../ext4/checksums.ts";
import type { FileBlock, InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { blockMapOf } from "../../../ext4/reader/contents/open_block_map.ts";
import { hasFlag, type Inode } from "../../../ext4/reader/inode/inode.ts";
import { openVolume } from "../../../ext4/reader/open/open_volume.ts";
import { type Reading, settle } from "../../../ext4/reader/reading.ts";
import type { Volume } from "../../../ext4/reader/volume.ts";
import { DIR_ENTRY } from "../../../ext4/structs/directory.ts";
import { EXTENT_HEADER, EXTENT_TAIL } from "../../../ext4/structs/extent.ts";
import { INODE } from "../../../ext4/structs/inode.ts";

/** An image in memory that can be changed. */
export class Forgery {
  readonly #volume: Volume;

  /** @param image is changed in place */
  constructor(readonly image: Uint8Array) {
    this.#volume = now(openVolume(bytesSource(image.slice()), {})).volume;
  }

  /** Changes the bytes of an inode. */
  inode(number: InodeNumber, change: (bytes: Uint8Array) => void): void {
    const { geometry, groups } = this.#volume;
    const { inodeTable } = now(groups.load(0 as never));
    const start = inodeTable * geometry.blockSizeBytes + (number - 1) * geometry.inodeSizeBytes;
    const bytes = this.image.subarray(start, start + geometry.inodeSizeBytes);
    change(bytes);
    const { i_generation, l_i_checksum_lo, i_checksum_hi } = INODE.offsets;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const seed = inodeSeed(geometry.seed, number, view.getUint32(i_generation, true));
    const checksum = inodeChecksum(seed, bytes, 0, bytes.length);
    view.setUint16(l_i_checksum_lo, checksum & 0xffff, true);
    view.setUint16(i_checksum_hi, checksum >>> 16, true);
  }

  /** Changes the entry of a folder of one block; the callback gets the entry and its name. */
  entry(folder: InodeNumber, name: string, change: (entry: Uint8Array) => void): void {
    const inode = this.load(folder);
    const { blockSizeBytes } = this.#volume.geometry;
    const start = now(blockMapOf(this.#volume, inode).segmentAt(0 as FileBlock)).block *
      blockSizeBytes;
    const block = this.image.subarray(start, start + blockSizeBytes);
    for (let at = 0; at < block.length;) {
      const { rec_len, name_len } = DIR_ENTRY.decode(block, at);
      const entry = block.subarray(at, at + rec_len);
      if (new TextDecoder().decode(entry.subarray(8, 8 + name_len)) === name) {
        change(entry);
        const checksum = directoryChecksum(inode.seed, block, 0, block.length);
        new DataView(block.buffer, block.byteOffset).setUint32(block.length - 4, checksum, true);
        return;
      }
      at += rec_len;
    }
    assert.fail(`there is no ${name}`);
  }

  /** Changes the first block of an inode's extent tree. */
  extentBlock(number: InodeNumber, change: (bytes: Uint8Array) => void): void {
    const inode = this.load(number);
    assert.ok(hasFlag(inode, "extents"));
    const field = new DataView(inode.bytes.slice().buffer, INODE.offsets.i_block);
    assert.equal(field.getUint16(EXTENT_HEADER.offsets.eh_depth, true), 1);
    const { blockSizeBytes } = this.#volume.geometry;
    const start = field.getUint32(16, true) * blockSizeBytes;
    const bytes = this.image.subarray(start, start + blockSizeBytes);
    change(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const tail = 12 + 12 * view.getUint16(EXTENT_HEADER.offsets.eh_max, true);
    if (tail + EXTENT_TAIL.sizeBytes > bytes.length) return;
    view.setUint32(tail, extentBlockChecksum(inode.seed, bytes, 0, tail), true);
  }

  /** An inode as it was before it was changed. */
  load(number: InodeNumber): Inode {
    return now(this.#volume.inodes.load(number));
  }

  /** Where the inode table of the first group lies. */
  get inodeTable(): number {
    return now(this.#volume.groups.load(0 as never)).inodeTable;
  }
}

function now<T>(reading: Reading<T>): T {
  const result = settle(reading);
  assert.ok(!(result instanceof Promise));
  return result;
}
