/**
 * Where the structures of an image lie, and how the checksum of each is made to fit again.
 * @module
 */

import assert from "node:assert/strict";
import type {
  BlockNumber,
  FileBlock,
  GroupNumber,
  InodeNumber,
} from "../../ext4/numbers.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { blockMapOf } from "../../ext4/reader/contents/open_block_map.ts";
import {
  blockField,
  hasFlag,
  type Inode,
  isInline,
  isType,
} from "../../ext4/reader/inode/inode.ts";
import { hasIncompat } from "../../ext4/reader/layout/geometry.ts";
import type { GroupInfo } from "../../ext4/reader/layout/group_descriptor.ts";
import {
  descriptorBlock,
  descriptorsPerBlock,
} from "../../ext4/reader/layout/group_layout.ts";
import { isFastLink } from "../../ext4/reader/metadata/link_target.ts";
import { openVolume } from "../../ext4/reader/open/open_volume.ts";
import { type Reading, settle } from "../../ext4/reader/reading.ts";
import { loadBlock, type Volume } from "../../ext4/reader/volume.ts";
import {
  GROUP_DESCRIPTOR,
  GROUP_DESCRIPTOR_32,
} from "../../ext4/structs/group_descriptor.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { JOURNAL_SUPERBLOCK } from "../../ext4/structs/journal.ts";
import { SUPERBLOCK } from "../../ext4/structs/superblock.ts";
import { S_IFDIR, S_IFREG } from "../../ext4/tree.ts";
import * as refits from "./refit.ts";

/** Where the fields of a structure lie, by their names. */
type FieldTable = Readonly<
  Record<string, { readonly offset: number; readonly sizeBytes: number }>
>;

/** A structure that a mutation can hit. */
export interface Place {
  readonly kind: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Its fields, where it has a table of them. */
  readonly fields?: FieldTable;
  /** Makes the checksum fit the bytes. */
  refit(image: Uint8Array): void;
}

/** All structures of a sound image but the contents of files. */
export function placesOf(image: Uint8Array): Place[] {
  const opened = settle(openVolume(bytesSource(image.slice()), {}));
  assert.ok(!(opened instanceof Promise));
  const collector = new Collector(opened.volume);
  assert.ok(!(settle(collector.run()) instanceof Promise));
  return collector.places;
}

class Collector {
  readonly places: Place[] = [];
  readonly #hasChecksums: boolean;

  constructor(private readonly volume: Volume) {
    this.#hasChecksums = volume.geometry.metadataChecksums;
  }

  *run(): Reading<void> {
    const { geometry, groups } = this.volume;
    this.#add(
      "superblock",
      1024,
      1024,
      refits.refitSuperblock,
      SUPERBLOCK.fields,
    );
    for (let group = 0; group < geometry.countGroups; group++) {
      this.#group(yield* groups.load(group as GroupNumber));
    }
    if (hasIncompat(geometry, "mmp")) {
      const start = Number(geometry.raw.s_mmp_block) * geometry.blockSizeBytes;
      this.#add("mmp", start, 1024, refits.refitMmpBlock(geometry));
    }
    for (let number = 1; number <= geometry.countInodes; number++) {
      const inode = yield* this.#usedInode(number as InodeNumber);
      if (inode !== undefined) yield* this.#inode(inode);
    }
  }

  #add(
    kind: string,
    offsetBytes: number,
    sizeBytes: number,
    refit?: refits.Refit,
    fields?: FieldTable,
  ): void {
    this.places.push({
      kind,
      offsetBytes,
      sizeBytes,
      ...(fields === undefined ? {} : { fields }),
      refit: (image) => {
        if (this.#hasChecksums) {
          refit?.(image.subarray(offsetBytes, offsetBytes + sizeBytes));
        }
      },
    });
  }

  #group(info: GroupInfo): void {
    const { geometry } = this.volume;
    const size = geometry.descriptorSizeBytes;
    const index = info.group % descriptorsPerBlock(geometry);
    const start =
      descriptorBlock(geometry, info.group) * geometry.blockSizeBytes +
      index * size;
    const refit = refits.refitDescriptor(geometry, info.group);
    const descriptorOf = (image: Uint8Array) =>
      image.subarray(start, start + size);
    this.places.push({
      kind: "descriptor",
      offsetBytes: start,
      sizeBytes: size,
      fields: size >= 64 ? GROUP_DESCRIPTOR.fields : GROUP_DESCRIPTOR_32.fields,
      refit: (image) => refit(descriptorOf(image)),
    });
    const bitmap = (
      kind: string,
      block: number,
      sizeBytes: number,
      low: number,
      high: number,
    ) => {
      const offsetBytes = block * geometry.blockSizeBytes;
      this.places.push({
        kind,
        offsetBytes,
        sizeBytes,
        refit: (image) => {
          if (!this.#hasChecksums) return;
          const bytes = image.subarray(offsetBytes, offsetBytes + sizeBytes);
          refits.refitBitmap(geometry, bytes, descriptorOf(image), low, high);
          refit(descriptorOf(image));
        },
      });
    };
    const at = GROUP_DESCRIPTOR.offsets;
    const blockBytes = Math.floor(
      geometry.blocksPerGroup / geometry.blocksPerCluster / 8,
    );
    const [blockLow, blockHigh] = [
      at.bg_block_bitmap_csum_lo,
      at.bg_block_bitmap_csum_hi,
    ];
    bitmap("block bitmap", info.blockBitmap, blockBytes, blockLow, blockHigh);
    const [inodeLow, inodeHigh] = [
      at.bg_inode_bitmap_csum_lo,
      at.bg_inode_bitmap_csum_hi,
    ];
    bitmap(
      "inode bitmap",
      info.inodeBitmap,
      geometry.inodesPerGroup / 8,
      inodeLow,
      inodeHigh,
    );
  }

  /** An inode that was never used is zeros, which fit no checksum. */
  *#usedInode(number: InodeNumber): Reading<Inode | undefined> {
    try {
      const inode = yield* this.volume.inodes.load(number);
      return inode.mode === 0 ? undefined : inode.detached();
    } catch {
      return undefined;
    }
  }

  *#inode(inode: Inode): Reading<void> {
    const { geometry, groups } = this.volume;
    const { blockSizeBytes, inodeSizeBytes, inodesPerGroup } = geometry;
    const index = inode.number - 1;
    const info = yield* groups.load(
      Math.floor(index / inodesPerGroup) as GroupNumber,
    );
    const start = info.inodeTable * blockSizeBytes +
      index % inodesPerGroup * inodeSizeBytes;
    const kind = inode.number < geometry.firstInode && inode.number !== 2
      ? `inode ${inode.number}`
      : "inode";
    const fields = inodeSizeBytes >= INODE.sizeBytes ? INODE.fields : undefined;
    const refit = refits.refitInode(geometry, inode.number);
    this.#add(kind, start, inodeSizeBytes, refit, fields);
    if (inode.xattrBlock !== 0) {
      this.#block("attribute block", inode.xattrBlock, refits.refitXattrBlock);
    }
    const hasMap = !isInline(geometry, inode) &&
      !isFastLink(this.volume, inode);
    if (hasMap && isType(inode, S_IFDIR)) yield* this.#folder(inode);
    if (hasMap && hasFlag(inode, "extents")) {
      yield* this.#extents(inode, blockField(inode));
    }
    if (inode.number === geometry.raw.s_journal_inum) {
      yield* this.#journal(inode);
    }
    const { s_usr_quota_inum, s_grp_quota_inum, s_prj_quota_inum } =
      geometry.raw;
    const isQuota = [s_usr_quota_inum, s_grp_quota_inum, s_prj_quota_inum]
      .includes(inode.number);
    if (isQuota && isType(inode, S_IFREG)) {
      yield* this.#contents(inode, "quota");
    }
    if (inode.number === geometry.raw.s_orphan_file_inum) {
      yield* this.#contents(inode, "orphans");
    }
  }

  #block(
    kind: string,
    block: BlockNumber,
    refitOf: (geometry: Volume["geometry"], block: BlockNumber) => refits.Refit,
  ): void {
    const { blockSizeBytes } = this.volume.geometry;
    const refit = refitOf(this.volume.geometry, block);
    this.#add(kind, block * blockSizeBytes, blockSizeBytes, refit);
  }

  *#folder(inode: Inode): Reading<void> {
    const { blockSizeBytes } = this.volume.geometry;
    for (let index = 0; index < inode.sizeBytes / blockSizeBytes; index++) {
      const block = yield* this.#blockAt(inode, index);
      const bytes = yield* loadBlock(this.volume, block);
      const isRoot = index === 0;
      const isNode = bytes[0] === 0 && bytes[4] === (blockSizeBytes & 0xff) &&
        bytes[5] === blockSizeBytes >> 8;
      const isIndex = hasFlag(inode, "index") && (isRoot || isNode);
      this.#block(
        isIndex ? "index" : "folder",
        block as BlockNumber,
        () =>
          isIndex
            ? refits.refitIndexBlock(inode.seed, isRoot)
            : refits.refitDirectoryLeaf(inode.seed),
      );
    }
  }

  /** 0 in a hole. */
  *#blockAt(inode: Inode, index: number): Reading<BlockNumber> {
    const { block, start } = yield* blockMapOf(this.volume, inode).segmentAt(
      index as FileBlock,
    );
    return (block === 0 ? 0 : block + index - start) as BlockNumber;
  }

  *#extents(inode: Inode, node: Uint8Array): Reading<void> {
    const view = new DataView(node.buffer, node.byteOffset, node.length);
    if (view.getUint16(6, true) === 0) return;
    for (let i = 0; i < view.getUint16(2, true); i++) {
      const block = view.getUint32(12 + 12 * i + 4, true) as BlockNumber;
      this.#block(
        "extent block",
        block,
        () => refits.refitExtentBlock(inode.seed),
      );
      yield* this.#extents(
        inode,
        (yield* loadBlock(this.volume, block)).slice(),
      );
    }
  }

  *#journal(inode: Inode): Reading<void> {
    const block = yield* this.#blockAt(inode, 0);
    const start = block * this.volume.geometry.blockSizeBytes;
    const superblock = (yield* loadBlock(this.volume, block)).slice(0, 1024);
    const { s_feature_incompat } = JOURNAL_SUPERBLOCK.decode(superblock);
    const refit = (s_feature_incompat & 0x18) === 0
      ? undefined
      : refits.refitJournalSuperblock;
    this.#add("journal", start, 1024, refit, JOURNAL_SUPERBLOCK.fields);
  }

  *#contents(inode: Inode, kind: string): Reading<void> {
    if (!isType(inode, S_IFREG)) return;
    const { blockSizeBytes } = this.volume.geometry;
    for (
      let index = 0;
      index < Math.ceil(inode.sizeBytes / blockSizeBytes);
      index++
    ) {
      const block = yield* this.#blockAt(inode, index);
      if (block !== 0) this.#add(kind, block * blockSizeBytes, blockSizeBytes);
    }
  }
}
