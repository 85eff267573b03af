/**
 * An inode's metadata as `stat` shows it.
 * @module
 */

import { decodeDevice } from "../../device_number.ts";
import type { CorruptImageError } from "../../image_errors.ts";
import { INODE, INODE_FLAGS, OLD_INODE_SIZE_BYTES } from "../../structs/inode.ts";
import { decodeNanoseconds, decodeSeconds } from "../../times.ts";
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG } from "../../tree.ts";
import { contentsOffset } from "../contents/contiguous_contents.ts";
import { corrupt } from "../corrupt.ts";
import { hasFlag, type Inode, isType } from "../inode/inode.ts";
import { hasInodeXattrs } from "../inode/xattr_sets.ts";
import { type Geometry, hasRoCompat } from "../layout/geometry.ts";
import { u16At, u32At } from "../little_endian.ts";

const AT = INODE.offsets;
const BILLION = 1_000_000_000;
const SECTOR_BYTES = 512;
const EXTRA_FIELDS = [AT.i_mtime_extra, AT.i_atime_extra, AT.i_ctime_extra, AT.i_crtime_extra];

/** The metadata of an inode. */
export interface Stat {
  /** Two names with one number are one file. */
  readonly inode: number & { readonly brand: "InodeNumber" };
  /** What the type bits of `mode` mean. */
  readonly kind:
    | "file"
    | "folder"
    | "symlink"
    | "character-device"
    | "block-device"
    | "fifo"
    | "socket";
  /** `st_mode`: type and permission bits. */
  readonly mode: number;
  /** The owner, 32 bits. */
  readonly uid: number;
  /** The group, 32 bits. */
  readonly gid: number;
  /** Bytes of contents; of a symbolic link, bytes of its target. */
  readonly sizeBytes: number;
  /** Bytes it takes in the image, blocks of its map and attributes included. */
  readonly allocatedBytes: number;
  /** Names it has; of a folder, 2 and one for each folder in it, or 1 when they are too many. */
  readonly countLinks: number;
  /** When its contents were changed. All times are such pairs. */
  readonly mtime: {
    /** Since 1970-01-01 UTC; -2,147,483,648 to 15,032,385,535. */
    readonly seconds: number;
    /** 0 to 999,999,999. */
    readonly nanoseconds: number;
  };
  /** When it was read. */
  readonly atime: Stat["mtime"];
  /** When its metadata was changed. */
  readonly ctime: Stat["mtime"];
  /** When the inode was made; small inodes do not hold it. */
  readonly crtime?: Stat["mtime"];
  /** Where the contents of a file begin in the image, in bytes, when they lie in one piece. */
  readonly contentsAt?: number;
  /** Of a device: 0 to 4095, and 0 to 1,048,575. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** `i_flags`, e.g. immutable. */
  readonly flags: number;
  /** Whether it may have extended attributes; without, there is no need to ask for them. */
  readonly hasXattrs: boolean;
  /** With the feature `project`. */
  readonly projectId?: number;
}

/** What an inode is. */
export type FileKind = Stat["kind"];

/** A moment. */
export type Time = Stat["mtime"];

/** What it takes to read contents in one piece. */
export type ContiguousStat = Pick<Stat, "inode"> & { readonly contentsAt: number };

/** Takes the error of a field that is broken by itself, or throws it. */
export type OnBrokenField = (error: CorruptImageError) => void;

/**
 * The metadata of an inode.
 * @param onBroken receives a time with a billion nanoseconds or more, which has none then
 * @throws CorruptImageError for such a time, without `onBroken`
 */
export function statOf(geometry: Geometry, inode: Inode, onBroken?: OnBrokenField): Stat {
  const { block, start } = inode;
  const mtime = timeAt(inode, AT.i_mtime, AT.i_mtime_extra, onBroken);
  const stat: Writable<Stat> = {
    inode: inode.number,
    kind: kindOfMode(inode.mode),
    mode: inode.mode,
    uid: uidOf(inode),
    gid: gidOf(inode),
    sizeBytes: inode.sizeBytes,
    allocatedBytes: allocatedBytes(geometry, inode),
    countLinks: inode.countLinks,
    flags: inode.flags,
    hasXattrs: mayHaveXattrs(inode),
    mtime,
    atime: timeLike(mtime, inode, AT.i_atime, AT.i_atime_extra, onBroken),
    ctime: timeLike(mtime, inode, AT.i_ctime, AT.i_ctime_extra, onBroken),
  };
  const contentsAt = contentsOffset(geometry, inode);
  if (contentsAt !== undefined) stat.contentsAt = contentsAt;
  if (hasField(inode, AT.i_crtime)) {
    stat.crtime = timeLike(mtime, inode, AT.i_crtime, AT.i_crtime_extra, onBroken);
  }
  if (isType(inode, S_IFCHR) || isType(inode, S_IFBLK)) {
    const at = start + AT.i_block;
    stat.device = decodeDevice(u32At(block, at), u32At(block, at + 4));
  }
  if (hasRoCompat(geometry, "project") && hasField(inode, AT.i_projid)) {
    stat.projectId = u32At(block, start + AT.i_projid);
  }
  return stat;
}

/** The owner, 32 bits. */
export function uidOf({ block, start }: Inode): number {
  return u16At(block, start + AT.i_uid) + u16At(block, start + AT.l_i_uid_high) * 0x10000;
}

/** The group, 32 bits. */
export function gidOf({ block, start }: Inode): number {
  return u16At(block, start + AT.i_gid) + u16At(block, start + AT.l_i_gid_high) * 0x10000;
}

/** Whether it may have extended attributes. */
export function mayHaveXattrs(inode: Inode): boolean {
  return inode.xattrBlock !== 0 || hasInodeXattrs(inode);
}

/** Whether it holds the time when it was made. */
export function hasCrtime(inode: Inode): boolean {
  return hasField(inode, AT.i_crtime);
}

/** Whether all times are that of modification. */
export function hasOneTime(inode: Inode): boolean {
  return isMtime(inode, AT.i_atime, AT.i_atime_extra) &&
    isMtime(inode, AT.i_ctime, AT.i_ctime_extra) &&
    (!hasCrtime(inode) || isMtime(inode, AT.i_crtime, AT.i_crtime_extra));
}

/** Seconds of the time of modification, since 1970. */
export function mtimeSeconds(inode: Inode): number {
  const extra = extraBits(inode, AT.i_mtime_extra);
  return decodeSeconds(u32At(inode.block, inode.start + AT.i_mtime), extra);
}

/** Its nanoseconds. @throws CorruptImageError where there are a billion or more */
export function mtimeNanoseconds(inode: Inode): number {
  const nanoseconds = decodeNanoseconds(extraBits(inode, AT.i_mtime_extra));
  if (nanoseconds >= BILLION) throw brokenTime(inode, nanoseconds);
  return nanoseconds;
}

/** @throws CorruptImageError where a time has a billion nanoseconds or more */
export function requireSoundTimes(inode: Inode): void {
  for (const extraField of EXTRA_FIELDS) {
    const nanoseconds = decodeNanoseconds(extraBits(inode, extraField));
    if (nanoseconds >= BILLION) throw brokenTime(inode, nanoseconds);
  }
}

/** Whether contents are encrypted; those of a folder are names, and what they name. */
export function isEncrypted({ flags }: Pick<Stat, "flags">): boolean {
  return (flags & INODE_FLAGS.encrypt) !== 0;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Whether it has a field of four bytes. What lies past `i_extra_isize` may be an attribute. */
function hasField({ extraSizeBytes }: Inode, offset: number): boolean {
  return offset + 4 <= OLD_INODE_SIZE_BYTES + extraSizeBytes;
}

function extraBits(inode: Inode, offset: number): number {
  return hasField(inode, offset) ? u32At(inode.block, inode.start + offset) : 0;
}

function timeAt(
  inode: Inode,
  field: number,
  extraField: number,
  onBroken: OnBrokenField | undefined,
): Time {
  const extra = extraBits(inode, extraField);
  let nanoseconds = decodeNanoseconds(extra);
  if (nanoseconds >= BILLION) {
    const error = brokenTime(inode, nanoseconds);
    if (onBroken === undefined) throw error;
    onBroken(error);
    nanoseconds = 0;
  }
  return { seconds: decodeSeconds(u32At(inode.block, inode.start + field), extra), nanoseconds };
}

function brokenTime(inode: Inode, nanoseconds: number): CorruptImageError {
  const why = "a time has a billion nanoseconds or more";
  return corrupt("inode-time", "ext4_inode", why, { inode: inode.number, nanoseconds });
}

/** Often all times are the same moment; then they share one object, as there are many inodes. */
function timeLike(
  mtime: Time,
  inode: Inode,
  field: number,
  extraField: number,
  onBroken: OnBrokenField | undefined,
): Time {
  return isMtime(inode, field, extraField) ? mtime : timeAt(inode, field, extraField, onBroken);
}

function isMtime(inode: Inode, field: number, extraField: number): boolean {
  const { block, start } = inode;
  return u32At(block, start + field) === u32At(block, start + AT.i_mtime) &&
    extraBits(inode, extraField) === extraBits(inode, AT.i_mtime_extra);
}

/** What the type bits of a mode mean. */
export function kindOfMode(mode: number): FileKind {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "folder";
    case S_IFLNK:
      return "symlink";
    case S_IFCHR:
      return "character-device";
    case S_IFBLK:
      return "block-device";
    case S_IFIFO:
      return "fifo";
    default:
      return "socket";
  }
}

/** Bytes of `i_blocks`, whose unit depends on `huge_file`. */
export function allocatedBytes(geometry: Geometry, inode: Inode): number {
  const { block, start } = inode;
  const low = u32At(block, start + AT.i_blocks_lo);
  if (!hasRoCompat(geometry, "huge_file")) return low * SECTOR_BYTES;
  const blocks = u16At(block, start + AT.l_i_blocks_high) * 0x1_0000_0000 + low;
  return blocks * (hasFlag(inode, "huge_file") ? geometry.blockSizeBytes : SECTOR_BYTES);
}
