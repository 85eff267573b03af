/**
 * The source of an image as columns: one row an inode, one row a name, one buffer for all bytes.
 *
 * Five million files as objects would need gigabytes; as columns they need about 90 bytes each.
 * Row 0 of the inodes is the root folder. The names of one folder are consecutive rows, ordered
 * by their bytes, so that the same tree always has the same rows whatever order the source's
 * file system lists it in. Names and targets are bytes, not strings: they need not be UTF-8.
 * @module
 */

/** The type bits of `st_mode`, as Linux and ext4 both define them. */
export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFBLK = 0o060000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFSOCK = 0o140000;

/** A row of the inode columns: 0 (the root folder) to `countInodes - 1`. */
export type TreeInode = number & { readonly brand: "TreeInode" };

/** A row of the name columns: 0 to `countEntries - 1`. */
export type TreeEntry = number & { readonly brand: "TreeEntry" };

/** Where a device node points. */
export interface DeviceNumber {
  /** 0 to 4095. */
  readonly major: number;
  /** 0 to 1,048,575. */
  readonly minor: number;
}

/** One extended attribute, as `llistxattr` names it: `user.comment`, `system.posix_acl_access`. */
export interface Xattr {
  /** The whole name with its prefix, without a final NUL. */
  readonly name: Uint8Array;
  /** Its bytes, as the system call gives them. */
  readonly value: Uint8Array;
}

/** One column of times: whole seconds since 1970 (may be negative) and nanoseconds 0–999,999,999. */
export interface TimeColumn {
  /** Whole seconds since 1970, one a row. */
  readonly seconds: Float64Array;
  /** 0 to 999,999,999, one a row. */
  readonly nanoseconds: Uint32Array;
}

/** A scanned source. Every array may be longer than its count; rows past the count mean nothing. */
export interface Tree {
  /** How many inodes there are. */
  readonly countInodes: number;
  /** How many names there are. */
  readonly countEntries: number;

  /** `st_mode`: type and permission bits. */
  readonly mode: Uint16Array;
  /** Owners, 32 bits. */
  readonly uid: Uint32Array;
  /** Groups, 32 bits. */
  readonly gid: Uint32Array;
  /** Regular file: bytes. Symbolic link: bytes of its target. Everything else: 0. */
  readonly sizeBytes: Float64Array;
  /** When contents were last modified. */
  readonly mtime: TimeColumn;
  /** Read only with `--times all`; absent otherwise. */
  readonly atime?: TimeColumn;
  /** When metadata last changed; only with `atime`. */
  readonly ctime?: TimeColumn;
  /** When it was made; only with `atime`. */
  readonly crtime?: TimeColumn;
  /** How many names the inode has within this tree (for a folder: 1, its own `.` not counted). */
  readonly countNames: Uint32Array;
  /** The first name row of the inode; for the root, `NO_ENTRY`. */
  readonly nameEntry: Uint32Array;
  /** Folder: its first name row. Symbolic link: offset of its target in `bytes`. */
  readonly payload: Uint32Array;
  /** Folder: how many names it holds. */
  readonly countChildren: Uint32Array;
  /** A row of `xattrSets`; 0 is the empty set. */
  readonly xattrSet: Uint32Array;

  /** The inode a name row names. */
  readonly entryInode: Uint32Array;
  /** The folder a name row lies in. */
  readonly entryParent: Uint32Array;
  /** Where the name begins in `bytes`. */
  readonly nameOffset: Uint32Array;
  /** 1 to 255. */
  readonly nameLength: Uint8Array;
  /** Names and symbolic link targets, back to back. */
  readonly bytes: Uint8Array;

  /** Equal sets of attributes are stored once; row 0 is empty. Each set is ordered by name bytes. */
  readonly xattrSets: readonly (readonly Xattr[])[];
  /** Character and block devices. */
  readonly devices: ReadonlyMap<TreeInode, DeviceNumber>;
  /**
   * Files with holes only: where their data lies, as pairs `[start, end)` in bytes, ascending,
   * not touching. A file that is missing here is data from 0 to `sizeBytes`; an empty array is a
   * file that is all hole. Bounds need not be multiples of any block size.
   */
  readonly dataRanges: ReadonlyMap<TreeInode, Float64Array>;
}

/** `nameEntry` of the root folder, which has no name. */
export const NO_ENTRY = 0xffff_ffff;

/** The type bits of an inode's mode, e.g. `S_IFDIR`. */
export function typeOf(tree: Tree, inode: TreeInode): number {
  return tree.mode[inode]! & S_IFMT;
}

/** Whether a row of the inode columns has these type bits. */
export function hasType(tree: Tree, inode: number, type: number): boolean {
  return (tree.mode[inode]! & S_IFMT) === type;
}

/** A view (not a copy) of a name. */
export function nameOf(tree: Tree, entry: TreeEntry): Uint8Array {
  const start = tree.nameOffset[entry]!;
  return tree.bytes.subarray(start, start + tree.nameLength[entry]!);
}

/** A view (not a copy) of a symbolic link's target. */
export function targetOf(tree: Tree, inode: TreeInode): Uint8Array {
  const start = tree.payload[inode]!;
  return tree.bytes.subarray(start, start + tree.sizeBytes[inode]!);
}

/** The folder that holds the first name of an inode; the root is its own parent. */
export function parentOf(tree: Tree, inode: TreeInode): TreeInode {
  const entry = tree.nameEntry[inode]!;
  return (entry === NO_ENTRY ? 0 : tree.entryParent[entry]!) as TreeInode;
}
