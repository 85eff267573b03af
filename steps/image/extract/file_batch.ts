/**
 * Files whose contents are known and still to be written, packed one after the other into a buffer
 * that two threads share.
 * @module
 */

import type { TreeInode } from "../../../ext4/tree.ts";
import type { Descriptor } from "../../../host/libc/files.ts";
import type { Timestamp } from "../../../host/libc/status.ts";

/** An open, empty file, and what is to become of it. */
export interface PendingFile {
  readonly fd: Descriptor;
  readonly row: TreeInode;
  /** Permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  readonly atime: Timestamp;
  readonly mtime: Timestamp;
}

/** A file with its contents. */
export interface BatchedFile extends PendingFile {
  readonly bytes: Uint8Array;
}

/** Before each file: its fields; and the count of files before the first. */
const HEAD_BYTES = 48;
const COUNT_BYTES = 8;

/** Packs files into a buffer. */
export class BatchWriter {
  readonly #view: DataView;
  #endBytes = COUNT_BYTES;
  #count = 0;

  constructor(private readonly buffer: Uint8Array) {
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  get countFiles(): number {
    return this.#count;
  }

  /** Bytes used. */
  get endBytes(): number {
    return this.#endBytes;
  }

  /** Where the contents of the next file go; `undefined` where they do not fit any more. */
  room(sizeBytes: number): Uint8Array | undefined {
    const start = this.#endBytes + HEAD_BYTES;
    const end = start + sizeBytes;
    return end > this.buffer.length ? undefined : this.buffer.subarray(start, end);
  }

  /** Adds the file whose contents lie in its room. */
  add({ fd, row, mode, sizeBytes, atime, mtime }: PendingFile): void {
    const at = this.#endBytes;
    const view = this.#view;
    view.setInt32(at, fd, true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, mode, true);
    view.setUint32(at + 12, sizeBytes, true);
    view.setFloat64(at + 16, atime.seconds, true);
    view.setFloat64(at + 24, mtime.seconds, true);
    view.setUint32(at + 32, atime.nanoseconds, true);
    view.setUint32(at + 36, mtime.nanoseconds, true);
    this.#endBytes = at + HEAD_BYTES + sizeBytes;
    view.setUint32(0, ++this.#count, true);
  }
}

/** The files of a buffer, in the order in which they were added. */
export function* batchedFiles(buffer: Uint8Array): Generator<BatchedFile> {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const count = view.getUint32(0, true);
  for (let i = 0, at = COUNT_BYTES; i < count; i++) {
    const sizeBytes = view.getUint32(at + 12, true);
    const start = at + HEAD_BYTES;
    yield {
      fd: view.getInt32(at, true) as Descriptor,
      row: view.getUint32(at + 4, true) as TreeInode,
      mode: view.getUint32(at + 8, true),
      sizeBytes,
      atime: {
        seconds: view.getFloat64(at + 16, true),
        nanoseconds: view.getUint32(at + 32, true),
      },
      mtime: {
        seconds: view.getFloat64(at + 24, true),
        nanoseconds: view.getUint32(at + 36, true),
      },
      bytes: buffer.subarray(start, start + sizeBytes),
    };
    at = start + sizeBytes;
  }
}
