/**
 * Writes inodes of 256 bytes; the hot loop of the metadata, so offsets and a `DataView` by hand.
 * @module
 */

import { inodeSeed } from "../checksums.ts";
import { crc32c } from "../crc32c.ts";
import { encodeDevice } from "../device_number.ts";
import { highHalf, type InodeNumber, lowHalf } from "../numbers.ts";
import type { ExtraInode } from "../plan/content_blocks.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { timeColumns } from "../plan/time_notes.ts";
import { recordSizeBytes } from "../record.ts";
import {
  EXTRA_ISIZE_BYTES,
  INODE,
  INODE_FLAGS,
  INODE_SIZE_BYTES,
  LINKS_MAX,
} from "../structs/inode.ts";
import { clampSeconds, timeExtraField, timeField } from "../times.ts";
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type TimeColumn,
  type TreeInode,
} from "../tree.ts";
import { extentRootWriter } from "./extent_root.ts";
import { inodeXattrs } from "./inode_xattrs.ts";

const O = INODE.offsets;
const SECTOR_BYTES = 512;
const SECTORS_32_BITS = 0xffff_ffff;
const SECTORS_48_BITS = 0xffff_ffff_ffff;

/** Writes into one buffer, which must be zero where an inode is written. */
export interface InodeWriter {
  /** The inode of a row of the tree. */
  row(at: number, number: number, row: number): void;
  extra(at: number, extra: ExtraInode): void;
}

/** A writer that must be given the inodes in the order of their numbers. */
export function inodeWriter(plan: ImagePlan, buffer: Uint8Array): InodeWriter {
  const { tree, inventory, contents, folders, blockSizeBytes, layout } = plan;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const times = timeColumns(tree, plan.options.times);
  const isOneTime = new Set(Object.values(times)).size === 1;
  const writeExtentRoot = extentRootWriter(plan, view);
  const xattrs = inodeXattrs(plan, view, buffer);
  const sectorsPerBlock = blockSizeBytes / SECTOR_BYTES;

  function writeTime(at: number, field: number, extra: number, column: TimeColumn, row: number) {
    const seconds = clampSeconds(column.seconds[row]!);
    view.setUint32(at + field, timeField(seconds), true);
    view.setUint32(at + extra, timeExtraField(seconds, column.nanoseconds[row]!), true);
  }

  function writeTimes(at: number, row: number): void {
    writeTime(at, O.i_mtime, O.i_mtime_extra, times.mtime, row);
    if (isOneTime) {
      const field = view.getUint32(at + O.i_mtime, true);
      const extra = view.getUint32(at + O.i_mtime_extra, true);
      view.setUint32(at + O.i_atime, field, true);
      view.setUint32(at + O.i_ctime, field, true);
      view.setUint32(at + O.i_crtime, field, true);
      view.setUint32(at + O.i_atime_extra, extra, true);
      view.setUint32(at + O.i_ctime_extra, extra, true);
      view.setUint32(at + O.i_crtime_extra, extra, true);
    } else {
      writeTime(at, O.i_atime, O.i_atime_extra, times.atime, row);
      writeTime(at, O.i_ctime, O.i_ctime_extra, times.ctime, row);
      writeTime(at, O.i_crtime, O.i_crtime_extra, times.crtime, row);
    }
  }

  function writeSize(at: number, sizeBytes: number): void {
    view.setUint32(at + O.i_size_lo, lowHalf(sizeBytes), true);
    view.setUint32(at + O.i_size_high, highHalf(sizeBytes), true);
  }

  /** @returns the flag for the unit, if it is not 512 bytes */
  function writeCountBlocks(at: number, countBlocks: number): number {
    const sectors = countBlocks * sectorsPerBlock;
    const isHuge = sectors > SECTORS_48_BITS;
    const count = isHuge ? countBlocks : sectors;
    view.setUint32(at + O.i_blocks_lo, lowHalf(count), true);
    if (count > SECTORS_32_BITS) view.setUint16(at + O.l_i_blocks_high, highHalf(count), true);
    return isHuge ? INODE_FLAGS.huge_file : 0;
  }

  function finish(at: number, number: number): void {
    view.setUint16(at + O.i_extra_isize, EXTRA_ISIZE_BYTES, true);
    // The checksum's own fields count as zeros, which they still are: one pass over the inode.
    const seed = inodeSeed(plan.seed, number as InodeNumber, 0);
    const checksum = crc32c(seed, buffer, at, at + INODE_SIZE_BYTES);
    view.setUint16(at + O.l_i_checksum_lo, checksum & 0xffff, true);
    view.setUint16(at + O.i_checksum_hi, checksum >>> 16, true);
  }

  /** @param start first item of the contents */
  function writeRow(
    at: number,
    number: number,
    row: number,
    countLinks: number,
    start: number,
  ): void {
    const mode = tree.mode[row]!;
    const uid = tree.uid[row]!;
    const gid = tree.gid[row]!;
    view.setUint16(at + O.i_mode, mode, true);
    view.setUint16(at + O.i_uid, uid & 0xffff, true);
    view.setUint16(at + O.l_i_uid_high, uid >>> 16, true);
    view.setUint16(at + O.i_gid, gid & 0xffff, true);
    view.setUint16(at + O.l_i_gid_high, gid >>> 16, true);
    view.setUint16(at + O.i_links_count, countLinks, true);
    writeTimes(at, row);

    let flags = 0;
    let countBlocks = contents.countBlocks[row]!;
    const type = mode & S_IFMT;
    if (type === S_IFCHR || type === S_IFBLK) {
      const device = tree.devices.get(row as TreeInode) ?? { major: 0, minor: 0 };
      const [oldForm, newForm] = encodeDevice(device);
      view.setUint32(at + O.i_block, oldForm, true);
      view.setUint32(at + O.i_block + 4, newForm, true);
    } else if (type === S_IFLNK && countBlocks === 0) {
      const target = tree.payload[row]!;
      const sizeBytes = tree.sizeBytes[row]!;
      for (let i = 0; i < sizeBytes; i++) buffer[at + O.i_block + i] = tree.bytes[target + i]!;
      writeSize(at, sizeBytes);
    } else if (type === S_IFREG || type === S_IFLNK || type === S_IFDIR) {
      flags |= INODE_FLAGS.extents;
      writeSize(at, type === S_IFDIR ? countBlocks * blockSizeBytes : tree.sizeBytes[row]!);
      if (type === S_IFDIR && folders.has(row)) flags |= INODE_FLAGS.index;
      const holesOf = type === S_IFDIR ? -1 : row;
      countBlocks += writeExtentRoot(at + O.i_block, number, holesOf, start, countBlocks);
    }
    const set = tree.xattrSet[row]!;
    if (set !== 0) countBlocks += xattrs.write(at, set);
    flags |= writeCountBlocks(at, countBlocks);
    view.setUint32(at + O.i_flags, flags, true);
    finish(at, number);
  }

  function itemOf(part: "front" | "data", start: number): number {
    return part === "front" ? start : layout.firstDataItem + start;
  }

  return {
    row(at, number, row) {
      const type = tree.mode[row]! & S_IFMT;
      const links = inventory.countLinks[row]!;
      const countLinks = type === S_IFDIR && links > LINKS_MAX ? 1 : links;
      const start = itemOf(type === S_IFREG ? "data" : "front", contents.start[row]!);
      writeRow(at, number, row, countLinks, start);
    },
    extra(at, extra) {
      const { number, countBlocks } = extra;
      const start = itemOf(extra.part, extra.start);
      if (extra.kind === "copy") {
        writeRow(at, number, extra.inode, extra.countLinks, start);
        return;
      }
      view.setUint32(at + O.i_flags, INODE_FLAGS.extents, true);
      if (extra.kind === "lost+found") {
        view.setUint16(at + O.i_mode, S_IFDIR | 0o700, true);
        view.setUint16(at + O.i_links_count, 2, true);
        writeTimes(at, 0);
        writeSize(at, blockSizeBytes);
      } else if (extra.kind === "record") {
        view.setUint16(at + O.i_mode, S_IFREG, true);
        view.setUint16(at + O.i_links_count, 1, true);
        writeTimes(at, 0);
        writeSize(at, recordSizeBytes(plan.countInodes, plan.options.base !== undefined));
      } else {
        const { value, countReferences } = extra.value;
        view.setUint16(at + O.i_mode, S_IFREG | 0o600, true);
        view.setUint16(at + O.i_links_count, 1, true);
        view.setUint32(at + O.i_flags, INODE_FLAGS.extents | INODE_FLAGS.ea_inode, true);
        // The kernel keeps the value's checksum and reference count where the times would be.
        view.setUint32(at + O.i_atime, crc32c(plan.seed, value), true);
        view.setUint32(at + O.i_ctime, highHalf(countReferences), true);
        view.setUint32(at + O.l_i_version, lowHalf(countReferences), true);
        writeSize(at, value.length);
      }
      const tree = writeExtentRoot(at + O.i_block, number, -1, start, countBlocks);
      writeCountBlocks(at, countBlocks + tree);
      finish(at, number);
    },
  };
}
