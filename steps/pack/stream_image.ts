/**
 * Streams a planned image: fills buffers from its runs, writes them, and has them hashed meanwhile.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { Run } from "../../ext4/plan_image.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import type { FileReader } from "../../pipeline/scanned_source.ts";
import type { Cloner } from "./cloner.ts";
import type { FileDigests, OtherFiles } from "./file_digests.ts";
import type { FilePiece } from "./file_pieces.ts";
import type { Hasher } from "./image_digest.ts";
import type { Pace } from "./pace.ts";
import type { Sink } from "./sink.ts";

/** Runs of zeros from this length on become holes; shorter ones would only split the writes. */
const HOLE_BYTES = 65_536;

/** A run whose bytes are known, or are read. */
type KnownRun = Exclude<Run, { readonly kind: "digests" }>;

/** What an image is streamed with. */
export interface StreamParts {
  readonly files: FileReader;
  readonly sink: Sink;
  readonly hasher: Hasher;
  /** Digests the files as they are stored; absent where nobody asks for them. */
  readonly digests?: FileDigests | undefined;
  /** Files that no run speaks of. */
  readonly others: OtherFiles;
  /** Which file is read in place of another of the same contents; absent: always itself. */
  readonly readFrom?: ((inode: TreeInode) => TreeInode) | undefined;
  /** Clones blocks of files instead of copying them; absent where that is not wanted. */
  readonly cloner?: Cloner | undefined;
  /** Of a file, for errors. */
  pathOf(inode: TreeInode): string;
  readonly breather: Breather;
  /** Slows all of it down, and so those who take the image as it is made. */
  readonly pace?: Pace | undefined;
  /** Takes each piece of the image as well, a copy of its own. */
  readonly tap?: (bytes: Uint8Array) => Promise<void>;
  onProgress(doneBytes: number): void;
}

/** Streams all runs. @returns The bytes streamed. @throws what the sink and the signal throw. */
export async function streamImage(runs: Iterable<Run>, parts: StreamParts): Promise<number> {
  const { breather, hasher, files, sink } = parts;
  const streamer = new Streamer(parts);
  try {
    for (const planned of runs) {
      const run = planned.kind === "digests" ? await digestsRun(planned, streamer, parts) : planned;
      const length = run.kind === "bytes" ? run.bytes.length : run.lengthBytes;
      // Most runs fit into the buffer at hand: no promise is made for those.
      for (let done = 0; done < length;) {
        if (!streamer.hasBuffer) {
          await parts.pace?.keep(streamer.doneBytes);
          streamer.begin(await hasher.buffer());
        }
        const putting = streamer.put(run, done, length);
        done += putting instanceof Promise ? await putting : putting;
        // The buffer is filled anew once it is written.
        if (sink.isBehind || streamer.hasPiece) await handOn(streamer, parts);
      }
      if (breather.due) {
        parts.onProgress(streamer.doneBytes);
        await breather.pause();
      }
    }
    if (parts.digests !== undefined && streamer.digests === undefined) {
      await endFiles(streamer, parts);
    }
    streamer.end();
    await handOn(streamer, parts);
    parts.onProgress(streamer.doneBytes);
    return streamer.doneBytes;
  } finally {
    files.close();
  }
}

/** Digests as bytes: they are known when all files went by. */
async function digestsRun(
  { header, offsetBytes, lengthBytes }: Run & { kind: "digests" },
  streamer: Streamer,
  parts: StreamParts,
): Promise<KnownRun> {
  const { digests } = parts;
  if (digests === undefined) throw new Error("icecore bug: an image has a record and no digests.");
  if (offsetBytes === 0) {
    await endFiles(streamer, parts);
    streamer.digests = await digests.finish(parts.others, header);
    await parts.files.judge?.(streamer.digests);
  }
  const bytes = streamer.digests!.subarray(offsetBytes, offsetBytes + lengthBytes);
  return { kind: "bytes", bytes };
}

/** Says that no file follows, and waits until all that went by were digested. */
async function endFiles(streamer: Streamer, parts: StreamParts): Promise<void> {
  const { hasher } = parts;
  if (!streamer.hasBuffer) streamer.begin(await hasher.buffer());
  streamer.endFiles();
  // Before the next buffer is filled: both have room for one only.
  await handOn(streamer, parts);
  await hasher.drain();
}

/** Has what was written go on its way, to the sink and to those who take the image as it is made. */
async function handOn(streamer: Streamer, { sink, breather, tap }: StreamParts): Promise<void> {
  if (sink.isBehind) await sink.catchUp(breather);
  if (tap !== undefined && streamer.hasPiece) await tap(streamer.takePiece());
}

class Streamer {
  digests: Uint8Array | undefined;

  /** Where the buffer begins in the image. */
  #offset = 0;
  #buffer: Uint8Array | undefined;
  #used = 0;
  /** What of the buffer has been written, or is a hole. */
  #written = 0;
  #open: TreeInode | undefined;
  /** The run at hand, and how much of it was cloned. */
  #run: KnownRun | undefined;
  #clonedBytes = 0;
  /** A full buffer, copied for those who take the image as it is made. */
  #piece: Uint8Array | undefined;

  constructor(private readonly parts: StreamParts) {}

  get doneBytes(): number {
    return this.#offset + this.#used;
  }

  get hasBuffer(): boolean {
    return this.#buffer !== undefined;
  }

  get hasPiece(): boolean {
    return this.#piece !== undefined;
  }

  takePiece(): Uint8Array {
    const piece = this.#piece!;
    this.#piece = undefined;
    return piece;
  }

  /** Goes on with an empty buffer. */
  begin(buffer: Uint8Array): void {
    this.#buffer = buffer;
    this.#used = 0;
    this.#written = 0;
    this.parts.digests?.begin(this.parts.hasher.bufferIndex);
  }

  /**
   * Puts a run from `done` on into the buffer, as far as that reaches.
   * @returns Bytes put; a promise only where a file has to be waited for.
   */
  put(run: KnownRun, done: number, length: number): number | Promise<number> {
    const buffer = this.#buffer!;
    const start = this.#used;
    if (run.kind === "file" && run !== this.#run) {
      const waiting = this.#beginRun(run);
      if (waiting !== undefined) return waiting.then(() => this.put(run, done, length));
    }
    const isCloned = run === this.#run && done < this.#clonedBytes;
    const left = (isCloned ? this.#clonedBytes : length) - done;
    const part = Math.min(left, buffer.length - start);
    const end = start + part;
    switch (run.kind) {
      case "bytes":
        buffer.set(part === length ? run.bytes : run.bytes.subarray(done, done + part), start);
        if (run.link !== undefined) {
          const of = { offsetBytes: done, sizeBytes: length, hasLongHoles: false };
          this.#digest({ number: run.link, start, lengthBytes: part, ...of });
        }
        break;
      case "zeros":
        buffer.fill(0, start, end);
        break;
      case "file": {
        const { number, sizeBytes, hasLongHoles } = run;
        const offsetBytes = run.offsetBytes + done;
        this.#digest({ number, start, lengthBytes: part, offsetBytes, sizeBytes, hasLongHoles });
        const into = buffer.subarray(start, end);
        if (isCloned) {
          // What is digested is what the image holds, not what the source does.
          this.parts.cloner!.read(into, this.#offset + start);
          this.#leaveOut(buffer, end);
          break;
        }
        const reading = this.parts.files.read(into, offsetBytes);
        if (reading instanceof Promise) {
          return reading.then(() => {
            this.#fill(buffer, end);
            return part;
          });
        }
      }
    }
    if (run.kind === "zeros" && length >= HOLE_BYTES && this.parts.sink.keepsHoles) {
      this.#leaveOut(buffer, end);
    }
    this.#fill(buffer, end);
    return part;
  }

  /**
   * Opens the file of a run, and clones what can be cloned of it.
   * @returns a promise where the file cannot be opened yet: then it is to be tried again
   */
  #beginRun(run: Run & { kind: "file" }): Promise<void> | undefined {
    const { cloner, files, pathOf } = this.parts;
    const { offsetBytes, lengthBytes, sizeBytes } = run;
    // Whole, into the buffer, which nobody sees before it is full.
    const isReadAtOnce = cloner === undefined && lengthBytes === sizeBytes &&
      lengthBytes <= this.#buffer!.length - this.#used;
    const waiting = this.#openFile(run.inode, run.number, isReadAtOnce);
    if (waiting !== undefined) return waiting;
    this.#run = run;
    this.#clonedBytes = 0;
    const fd = files.descriptor as Descriptor | undefined;
    if (cloner === undefined || fd === undefined) return undefined;
    const at = this.#offset + this.#used;
    this.#clonedBytes = cloner.clone(fd, offsetBytes, lengthBytes, at, () => pathOf(run.inode));
    return undefined;
  }

  /** Writes what is in the buffer, but for what lies in the image already, up to `end`. */
  #leaveOut(buffer: Uint8Array, end: number): void {
    this.#write(buffer);
    this.#written = end;
  }

  #fill(buffer: Uint8Array, end: number): void {
    this.#used = end;
    if (end === buffer.length) this.#submit(buffer);
  }

  /** Hands on what is in the buffer, and says that no file follows. */
  endFiles(): void {
    this.parts.digests?.end(this.parts.hasher.bufferIndex);
    this.#submit(this.#buffer!);
  }

  end(): void {
    if (this.#buffer !== undefined) this.#submit(this.#buffer);
  }

  #digest(piece: FilePiece): void {
    this.parts.digests?.add(this.parts.hasher.bufferIndex, piece);
  }

  /** @returns a promise where the file cannot be opened yet: then it is to be tried again */
  #openFile(
    inode: TreeInode,
    number: InodeNumber,
    isReadAtOnce: boolean,
  ): Promise<void> | undefined {
    if (this.#open === inode) return undefined;
    this.parts.files.close();
    // Closed once: while it is waited for the next, none is open.
    this.#open = undefined;
    const from = this.parts.readFrom?.(inode) ?? inode;
    const waiting = this.parts.files.settle?.(from);
    if (waiting !== undefined) return waiting;
    this.parts.files.open(from, number, isReadAtOnce);
    this.#open = inode;
    return undefined;
  }

  /** Hands the buffer on to be hashed first: that takes longest, and goes on while it is written. */
  #submit(buffer: Uint8Array): void {
    const index = this.parts.hasher.bufferIndex;
    this.parts.hasher.submit(this.#used);
    this.parts.digests?.filled(index, buffer);
    this.#write(buffer);
    // Not a view: the buffer is filled anew while others still have the piece in hand.
    if (this.parts.tap !== undefined && this.#used > 0) {
      this.#piece = Uint8Array.from(buffer.subarray(0, this.#used));
    }
    this.#offset += this.#used;
    this.#used = 0;
    this.#buffer = undefined;
  }

  #write(buffer: Uint8Array): void {
    if (this.#written === this.#used) return;
    const bytes = buffer.subarray(this.#written, this.#used);
    this.parts.sink.write(bytes, this.#offset + this.#written);
    this.#written = this.#used;
  }
}
