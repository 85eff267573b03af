/**
 * Files that are to be made, packed one after the other into a buffer, so that any thread can make
 * them.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import { OPEN_FILES_LIMIT } from "../../host/files/open_files.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import type { Timestamp } from "../../host/libc/status.ts";
import { MOST_JOBS } from "../../host/threads/job_pool.ts";
import type { PlainMetadata } from "./plain_metadata.ts";

/** A file that is to be made. */
export interface NewFile {
  readonly folder: TreeInode;
  /** 1 to 255 bytes. */
  readonly name: Uint8Array;
  readonly row: TreeInode;
  readonly metadata: PlainMetadata;
  /** Of what lies in the batch's room. */
  readonly lengthBytes: number;
  /** Whether that is not its contents, but where they lie in the image. */
  readonly isPlace: boolean;
}

/** Before each file: its fields, then the name in a place of fixed length, so all is aligned. */
const FIELD_BYTES = 64;
const NAME_BYTES = 256;
const HEAD_BYTES = FIELD_BYTES + NAME_BYTES;
/** The count of files, before the first. */
const COUNT_BYTES = 8;

/** Enough that handing over costs little, few enough that two threads end together. */
const MOST_FILES = 64;
/** Each is an open descriptor in every batch that is under way. */
const MOST_FOLDERS = Math.max(1, Math.min(16, Math.floor(OPEN_FILES_LIMIT / 2 / (MOST_JOBS + 1))));

/** Packs files into a buffer. */
export class BatchWriter {
  readonly #view: DataView;
  #endBytes = COUNT_BYTES;
  #countFiles = 0;
  #countFolders = 0;
  #folderRow: TreeInode | undefined;
  #folder: Descriptor | undefined;

  /**
   * @param buffer Room for the longest file that is read whole, and its head, at least.
   * @param openFolder Opens a folder for the batch alone.
   */
  constructor(
    private readonly buffer: Uint8Array,
    private readonly openFolder: (row: TreeInode) => Descriptor,
  ) {
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.#view.setUint32(0, 0, true);
  }

  /** Whether it is time to have the files made. */
  get isFull(): boolean {
    return this.#countFiles >= MOST_FILES || this.#countFolders >= MOST_FOLDERS;
  }

  /** How many there are. */
  get countFiles(): number {
    return this.#countFiles;
  }

  /** Bytes used. */
  get endBytes(): number {
    return this.#endBytes;
  }

  /** All files so far. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.#endBytes);
  }

  /** Where what the next file has goes; `undefined` where it does not fit any more. */
  room(lengthBytes: number): Uint8Array | undefined {
    const start = this.#endBytes + HEAD_BYTES;
    const end = start + lengthBytes;
    return end > this.buffer.length ? undefined : this.buffer.subarray(start, end);
  }

  /** Adds the file whose contents, or their place, lie in its room already. */
  add({ folder, name, row, metadata, lengthBytes, isPlace }: NewFile): void {
    const { uid, gid, mode, atime, mtime } = metadata;
    const at = this.#endBytes;
    const view = this.#view;
    view.setInt32(at, this.#open(folder), true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, name.length, true);
    view.setUint32(at + 12, lengthBytes, true);
    view.setUint32(at + 16, uid, true);
    view.setUint32(at + 20, gid, true);
    view.setUint32(at + 24, mode, true);
    view.setUint32(at + 28, atime.nanoseconds, true);
    view.setUint32(at + 32, mtime.nanoseconds, true);
    view.setUint32(at + 36, isPlace ? 1 : 0, true);
    view.setFloat64(at + 40, atime.seconds, true);
    view.setFloat64(at + 48, mtime.seconds, true);
    this.buffer.set(name, at + FIELD_BYTES);
    this.#endBytes = at + HEAD_BYTES + lengthBytes;
    view.setUint32(0, ++this.#countFiles, true);
  }

  #open(row: TreeInode): Descriptor {
    if (this.#folderRow !== row || this.#folder === undefined) {
      this.#folder = this.openFolder(row);
      this.#folderRow = row;
      this.#countFolders++;
    }
    return this.#folder;
  }
}

/**
 * The files of a batch, one after the other, read in place: many files make few objects.
 */
export class BatchReader implements PlainMetadata {
  readonly #view: DataView;
  readonly #countFiles: number;
  #at = 0;
  #nextAt = COUNT_BYTES;
  #index = 0;

  constructor(private readonly buffer: Uint8Array) {
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.#countFiles = this.#view.getUint32(0, true);
  }

  /** Goes on to the next file; false at the end. */
  next(): boolean {
    if (this.#index === this.#countFiles) return false;
    this.#index++;
    this.#at = this.#nextAt;
    this.#nextAt = this.#at + HEAD_BYTES + this.#u32(12);
    return true;
  }

  /** Where the file goes. The descriptor belongs to the batch. */
  get folder(): Descriptor {
    return this.#view.getInt32(this.#at, true) as Descriptor;
  }

  get row(): TreeInode {
    return this.#u32(4) as TreeInode;
  }

  /** A view. */
  get name(): Uint8Array {
    const start = this.#at + FIELD_BYTES;
    return this.buffer.subarray(start, start + this.#u32(8));
  }

  /** The contents, or where they lie in the image: a view. */
  get room(): Uint8Array {
    return this.buffer.subarray(this.#at + HEAD_BYTES, this.#nextAt);
  }

  /** Whether the room says where the contents lie. */
  get isPlace(): boolean {
    return this.#u32(36) === 1;
  }

  get uid(): number {
    return this.#u32(16);
  }

  get gid(): number {
    return this.#u32(20);
  }

  get mode(): number {
    return this.#u32(24);
  }

  get atime(): Timestamp {
    return { seconds: this.#f64(40), nanoseconds: this.#u32(28) };
  }

  get mtime(): Timestamp {
    return { seconds: this.#f64(48), nanoseconds: this.#u32(32) };
  }

  #u32(offset: number): number {
    return this.#view.getUint32(this.#at + offset, true);
  }

  #f64(offset: number): number {
    return this.#view.getFloat64(this.#at + offset, true);
  }
}
