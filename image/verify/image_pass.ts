/**
 * Reads an image once, front to back, and digests all of it, the files in it, or both.
 * @module
 */

import type { BlocklessFile } from "../../ext4/plan_image.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { Breather } from "../../host/breathe.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { hasThreads } from "../../host/threads/has_threads.ts";
import { makeRing, RingProducer } from "../../host/threads/ring.ts";
import { FileDigests } from "../../steps/pack/file_digests.ts";
import { Hasher } from "../../steps/pack/image_digest.ts";
import { digestHere } from "./digest_here.ts";
import { PieceReader } from "./piece_reader.ts";
import type { SharedStretches } from "./stored_contents.ts";
import type { StretchList } from "./stretch_list.ts";
import { type DirtyTail, TailBytes } from "./tails.ts";

/** The files that are digested. */
export interface PassFiles {
  readonly stretches: StretchList;
  /** Files without data. */
  readonly blockless: Iterable<BlocklessFile>;
  /** Files that lie where another does. */
  readonly shared: readonly SharedStretches[];
  /** The highest inode number. */
  readonly countInodes: number;
  readonly blockSizeBytes: number;
}

/** What is done in a pass. */
export interface PassOptions {
  /** Digests the whole image; absent: only what belongs to files is read. */
  readonly algorithm?: string | undefined;
  readonly files?: PassFiles | undefined;
  readonly signal: AbortSignal;
  onProgress(doneBytes: number, totalBytes: number): void;
}

/** What came of it. */
export interface PassResult {
  /** Of the whole image, in hex. */
  readonly digest?: string;
  /** A digest for each inode from 1 on, zeros for what was not read. */
  readonly table?: Uint8Array;
  /** Files behind whose end the last block does not hold zeros. */
  readonly dirtyTails: readonly DirtyTail[];
}

/** What their pieces were made of is garbage. */
const BUFFERS_A_COLLECTION = 64;
/** How long this thread sleeps for a free buffer before it lets the event loop run. */
const WAIT_MS = 20;
/** A gap between files that is read over: a seek, or a request, costs more. */
const SHORT_GAP_BYTES = 1 << 20;

/** Reads. @throws EnvironmentError when bytes cannot be had; the signal's reason */
export async function passOver(source: HostBlockSource, options: PassOptions): Promise<PassResult> {
  const { algorithm, files, signal, onProgress } = options;
  if (!hasThreads() && files === undefined) {
    if (algorithm === undefined) return { dirtyTails: [] };
    return { digest: await digestHere(source, algorithm, signal, onProgress), dirtyTails: [] };
  }
  const pass = new ImagePass(source, options);
  try {
    return await pass.run();
  } finally {
    await pass.close();
  }
}

class ImagePass {
  readonly #breather: Breather;
  readonly #reader: PieceReader;
  readonly #ring: RingProducer;
  readonly #hasher: Hasher | undefined;
  readonly #digests: FileDigests | undefined;
  readonly #dirtyTails: DirtyTail[] = [];
  /** The first stretch that does not lie before what was read. */
  #row = 0;
  #doneBytes = 0;
  #countBuffers = 0;

  constructor(private readonly source: HostBlockSource, private readonly options: PassOptions) {
    const { algorithm, files, signal } = options;
    this.#breather = new Breather(signal);
    this.#reader = new PieceReader(source);
    const countTakers = (algorithm === undefined ? 0 : 1) + (files === undefined ? 0 : 1);
    const ring = makeRing(countTakers, source.sizeBytes);
    this.#ring = new RingProducer(ring);
    if (files !== undefined) this.#digests = new FileDigests(files.countInodes, ring);
    if (algorithm !== undefined) {
      this.#hasher = new Hasher(algorithm, this.#breather, ring, () => this.#digests?.failure);
    }
  }

  async run(): Promise<PassResult> {
    const { files } = this.options;
    for (let at = this.#nextOffset(0); at < this.#endBytes; at = this.#nextOffset(at)) {
      const buffer = await this.#buffer();
      const piece = buffer.subarray(0, Math.min(buffer.length, this.#endBytes - at));
      await this.#reader.read(at, piece);
      this.#digests?.begin(this.#ring.index);
      this.#addPieces(at, piece);
      at += piece.length;
      this.#ring.submit(piece.length);
      this.#doneBytes += piece.length;
      if (++this.#countBuffers % BUFFERS_A_COLLECTION === 0) boundGarbage();
      if (this.#breather.due) await this.#rest();
    }
    const table = files && await this.#table(files);
    const digest = this.#hasher && (await this.#hasher.finish()).digest;
    this.options.onProgress(this.#totalBytes, this.#totalBytes);
    return {
      ...(digest === undefined ? {} : { digest }),
      ...(table === undefined ? {} : { table }),
      dirtyTails: this.#dirtyTails,
    };
  }

  async close(): Promise<void> {
    await this.#hasher?.close();
    // A thread that waits for another buffer holds the process up, even when it is ended.
    if (this.#hasher === undefined && this.#ring.waitForRoom(WAIT_MS)) this.#ring.end();
    this.#digests?.close();
  }

  /** One past the last byte that is read. */
  get #endBytes(): number {
    const { algorithm, files } = this.options;
    if (algorithm !== undefined || files === undefined) return this.source.sizeBytes;
    const { stretches, blockSizeBytes } = files;
    if (stretches.count === 0) return 0;
    const end = stretches.endOf(stretches.count - 1);
    return Math.min(Math.ceil(end / blockSizeBytes) * blockSizeBytes, this.source.sizeBytes);
  }

  get #totalBytes(): number {
    const { algorithm, files } = this.options;
    return algorithm === undefined ? files?.stretches.dataBytes ?? 0 : this.source.sizeBytes;
  }

  /** Where to read on: long gaps between files are passed over where nobody asks for them. */
  #nextOffset(offsetBytes: number): number {
    const { algorithm, files } = this.options;
    if (algorithm !== undefined || files === undefined) return offsetBytes;
    if (this.#row === files.stretches.count) return Infinity;
    const start = files.stretches.startOf(this.#row);
    return start - offsetBytes > SHORT_GAP_BYTES ? start : offsetBytes;
  }

  #addPieces(from: number, bytes: Uint8Array): void {
    const { files } = this.options;
    if (files === undefined) return;
    const { stretches, blockSizeBytes } = files;
    const index = this.#ring.index;
    const tails = new TailBytes(bytes);
    for (; this.#row < stretches.count; this.#row++) {
      const row = this.#row;
      if (stretches.startOf(row) >= from + bytes.length) return;
      this.#digests!.add(index, stretches.pieceOf(row, from, bytes.length));
      const end = stretches.endOf(row);
      if (end > from + bytes.length) return;
      const blockEnd = Math.ceil(end / blockSizeBytes) * blockSizeBytes;
      if (!stretches.isEndOfFile(row)) continue;
      const range = tails.dirtyRange(end - from, blockEnd - from, from);
      if (range !== undefined) this.#dirtyTails.push({ inode: stretches.inodeOf(row), range });
    }
  }

  async #buffer(): Promise<Uint8Array> {
    while (!this.#ring.waitForRoom(WAIT_MS)) await this.#rest();
    return this.#ring.buffer;
  }

  async #table(files: PassFiles): Promise<Uint8Array> {
    await this.#buffer();
    this.#digests!.begin(this.#ring.index);
    this.#digests!.end(this.#ring.index);
    this.#ring.submit(0);
    while (!this.#ring.waitUntilTaken(WAIT_MS)) await this.#rest();
    return await this.#digests!.table(files);
  }

  async #rest(): Promise<void> {
    this.options.onProgress(Math.min(this.#doneBytes, this.#totalBytes), this.#totalBytes);
    await this.#breather.pause();
    const failure = this.#digests?.failure ?? this.#hasher?.failure;
    if (failure !== undefined) throw failure;
  }
}
