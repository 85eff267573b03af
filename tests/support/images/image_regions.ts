/**
 * What each block of an image that icecore wrote holds, but for the contents of files.
 * @module
 */

import assert from "node:assert/strict";
import type { FileBlock, GroupNumber, InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { blockMapOf } from "../../../ext4/reader/contents/open_block_map.ts";
import { hasFlag, type Inode, isType } from "../../../ext4/reader/inode/inode.ts";
import {
  countDescriptorBlocks,
  firstBlockOfGroup,
  groupHasSuperblock,
} from "../../../ext4/reader/layout/group_layout.ts";
import { isFastLink } from "../../../ext4/reader/metadata/link_target.ts";
import { openVolume } from "../../../ext4/reader/open/open_volume.ts";
import { type Reading, settle } from "../../../ext4/reader/reading.ts";
import type { Volume } from "../../../ext4/reader/volume.ts";
import { S_IFDIR, S_IFLNK, S_IFREG } from "../../../ext4/tree.ts";

/** A run of bytes of one kind of metadata. */
export interface Region {
  readonly kind:
    | "boot block"
    | "superblock"
    | "descriptors"
    | "block bitmap"
    | "inode bitmap"
    | "inode table"
    | "folder"
    | "extent block"
    | "attribute block"
    | "attribute inode";
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/**
 * All metadata of an image, without gaps: what is neither listed nor contents of a file fails.
 * Contents are the bytes of files, and of the targets of symbolic links.
 */
export function regionsOf(image: Uint8Array): Region[] {
  const opened = settle(openVolume(bytesSource(image), {}));
  assert.ok(!(opened instanceof Promise));
  const regions = settle(collect(opened.volume, image.length));
  assert.ok(!(regions instanceof Promise));
  return regions;
}

function* collect(volume: Volume, sizeBytes: number): Reading<Region[]> {
  const { geometry } = volume;
  const size = geometry.blockSizeBytes;
  const regions: Region[] = [];
  const known = new Set<number>();
  const add = (kind: Region["kind"] | "contents", block: number, countBlocks: number) => {
    for (let i = block; i < block + countBlocks; i++) known.add(i);
    if (kind === "contents") return;
    regions.push({ kind, offsetBytes: block * size, sizeBytes: countBlocks * size });
  };

  regions.push({ kind: "boot block", offsetBytes: 0, sizeBytes: 1024 });
  known.add(0);
  regions.push({ kind: "superblock", offsetBytes: 1024, sizeBytes: 1024 });
  if (size > 2048) {
    regions.push({ kind: "boot block", offsetBytes: 2048, sizeBytes: size - 2048 });
  }
  for (let group = 0; group < geometry.countGroups; group++) {
    const info = yield* volume.groups.load(group as GroupNumber);
    if (groupHasSuperblock(geometry, group as GroupNumber)) {
      const first = firstBlockOfGroup(geometry, group as GroupNumber);
      if (group > 0) add("superblock", first, 1);
      known.add(first);
      add("descriptors", first + 1, countDescriptorBlocks(geometry));
    }
    add("block bitmap", info.blockBitmap, 1);
    add("inode bitmap", info.inodeBitmap, 1);
    add("inode table", info.inodeTable, geometry.inodeTableBlocks);
  }
  for (let number = 1; number <= geometry.countInodes; number++) {
    const inode = yield* usedInode(volume, number as InodeNumber);
    if (inode === undefined) continue;
    if (inode.xattrBlock !== 0 && !known.has(inode.xattrBlock)) {
      add("attribute block", inode.xattrBlock, 1);
    }
    yield* contentsOf(volume, inode, add);
  }
  for (let block = 0; block < sizeBytes / size; block++) {
    if (known.has(block)) continue;
    // What is left are the blocks of extent trees; that they are is what their magic says.
    assert.equal(yield* magicOf(volume, block), 0xf30a, `block ${block} is known`);
    add("extent block", block, 1);
  }
  return regions;
}

/** An inode that was never used is zeros, which do not fit a checksum. */
function* usedInode(volume: Volume, number: InodeNumber): Reading<Inode | undefined> {
  try {
    return yield* volume.inodes.load(number);
  } catch {
    return undefined;
  }
}

function* contentsOf(
  volume: Volume,
  inode: Inode,
  add: (kind: Region["kind"] | "contents", block: number, countBlocks: number) => void,
): Reading<void> {
  const isLink = isType(inode, S_IFLNK) && !isFastLink(volume, inode);
  if (!isLink && !isType(inode, S_IFREG) && !isType(inode, S_IFDIR)) return;
  const isFolder = isType(inode, S_IFDIR);
  const kind = isFolder ? "folder" : hasFlag(inode, "ea_inode") ? "attribute inode" : "contents";
  const map = blockMapOf(volume, inode);
  const end = Math.ceil(inode.sizeBytes / volume.geometry.blockSizeBytes);
  for (let fileBlock = 0; fileBlock < end;) {
    const segment = yield* map.segmentAt(fileBlock as FileBlock);
    if (segment.block !== 0) add(kind, segment.block, segment.countBlocks);
    fileBlock = segment.start + segment.countBlocks;
  }
}

function* magicOf(volume: Volume, block: number): Reading<number> {
  const bytes = yield* volume.cache.load(block * volume.geometry.blockSizeBytes, 2);
  return bytes[0]! | (bytes[1]! << 8);
}
