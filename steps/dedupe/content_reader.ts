/**
 * Reads files to compare them, and has them digested on another thread.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { refuseOwnFault } from "../../host/files/open_files.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { closeRead, type Descriptor, readFullyAt } from "../../host/libc/files.ts";
import { makeRing, RingProducer } from "../../host/threads/ring.ts";
import { SourceError } from "../../pipeline/build_errors.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { expectedFile, howChanged } from "../../source/file_change.ts";
import { FileDigests } from "../pack/file_digests.ts";
import type { Pace } from "../pack/pace.ts";
import { type Shape, shapeOf } from "./candidates.ts";

/** How long this thread sleeps for a free buffer before it lets the event loop run. */
const WAIT_MS = 20;
/** Each piece begins so in a buffer: there is room for that many of them only. */
const PIECE_ALIGNMENT_BYTES = 1024;

/** What reading takes. */
export interface ContentReading {
  readonly source: ScannedSource;
  readonly breather: Breather;
  /** How fast they may be read; absent: as fast as they can. */
  readonly pace?: Pick<Pace, "take"> | undefined;
  /** Receives how many bytes more were read. */
  onRead(bytes: number): void;
}

/** Digests of files, by their place in a list. */
export interface ContentDigests {
  /**
   * The digest of a file as the record has it; `undefined` where it could not be read or is not what
   * was scanned: whoever reads it to store it names the reason.
   */
  of(index: number): Uint8Array | undefined;
}

/** Reads all files, in order. @throws the signal's reason */
export async function digestContents(
  files: readonly TreeInode[],
  reading: ContentReading,
): Promise<ContentDigests> {
  const reader = new ContentReader(files.length, reading);
  try {
    const isWhole = new Uint8Array(files.length);
    for (const [index, inode] of files.entries()) {
      isWhole[index] = await reader.read(index + 1, inode) ? 1 : 0;
    }
    await reader.finish();
    return { of: (index) => isWhole[index] === 1 ? reader.digestOf(index + 1) : undefined };
  } finally {
    reader.close();
  }
}

class ContentReader {
  readonly #ring: RingProducer;
  readonly #digests: FileDigests;
  #buffer: Uint8Array | undefined;
  #used = 0;

  constructor(countFiles: number, private readonly reading: ContentReading) {
    const ring = makeRing();
    this.#ring = new RingProducer(ring);
    this.#digests = new FileDigests(countFiles, ring);
  }

  /** Reads a file whole. @returns false where that cannot be done. */
  async read(number: number, inode: TreeInode): Promise<boolean> {
    const { source } = this.reading;
    const shape = shapeOf(source.tree, inode)!;
    const fd = openUnchanged(source, inode);
    if (fd === undefined) return false;
    try {
      const { ranges = [0, shape.sizeBytes] } = shape;
      for (let i = 0; i + 1 < ranges.length; i += 2) {
        if (!await this.#readRange(fd, number, shape, ranges[i]!, ranges[i + 1]!)) return false;
      }
      return howChanged(fd, expectedFile(source, inode)) === undefined;
    } finally {
      closeRead(fd);
    }
  }

  /** Waits for all digests. */
  async finish(): Promise<void> {
    if (this.#buffer === undefined) await this.#begin();
    this.#digests.end(this.#ring.index);
    this.#submit();
    while (!this.#ring.waitUntilTaken(WAIT_MS)) await this.#rest();
  }

  digestOf(number: number): Uint8Array {
    return this.#digests.digestOf(number);
  }

  close(): void {
    this.#digests.close();
  }

  async #readRange(
    fd: Descriptor,
    number: number,
    { sizeBytes, hasLongHoles }: Shape,
    start: number,
    end: number,
  ): Promise<boolean> {
    for (let at = start; at < end;) {
      const buffer = this.#buffer ?? await this.#begin();
      const into = buffer.subarray(this.#used, this.#used + end - at);
      if (!fill(fd, into, at)) return false;
      this.#digests.add(this.#ring.index, {
        number,
        start: this.#used,
        lengthBytes: into.length,
        offsetBytes: at,
        sizeBytes,
        hasLongHoles,
      });
      at += into.length;
      this.#used += Math.ceil(into.length / PIECE_ALIGNMENT_BYTES) * PIECE_ALIGNMENT_BYTES;
      this.reading.onRead(into.length);
      await this.reading.pace?.take(into.length);
      if (this.#used >= buffer.length) this.#submit();
      if (this.reading.breather.due) await this.#rest();
    }
    return true;
  }

  async #begin(): Promise<Uint8Array> {
    while (!this.#ring.waitForRoom(WAIT_MS)) await this.#rest();
    this.#digests.begin(this.#ring.index);
    this.#used = 0;
    return this.#buffer = this.#ring.buffer;
  }

  #submit(): void {
    this.#ring.submit(Math.min(this.#used, this.#buffer!.length));
    this.#buffer = undefined;
  }

  async #rest(): Promise<void> {
    await this.reading.breather.pause();
    if (this.#digests.failure !== undefined) throw this.#digests.failure;
  }
}

function fill(fd: Descriptor, into: Uint8Array, offsetBytes: number): boolean {
  try {
    return readFullyAt(fd, into, offsetBytes) === into.length;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

/** Opens a file of a source; `undefined` where it cannot be opened, or is not what was scanned. */
export function openUnchanged(source: ScannedSource, inode: TreeInode): Descriptor | undefined {
  let fd: Descriptor;
  try {
    fd = source.open(inode) as Descriptor;
  } catch (error) {
    refuseOwnFault(error, source.pathOf(inode));
    if (error instanceof SystemError || error instanceof SourceError) return undefined;
    throw error;
  }
  if (howChanged(fd, expectedFile(source, inode)) === undefined) return fd;
  closeRead(fd);
  return undefined;
}
