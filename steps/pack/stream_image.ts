/**
 * Streams a planned image: fills buffers from its runs, writes them, and has them hashed meanwhile.
 * @module
 */

import type { Run } from "../../ext4/plan/plan.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import type { SourceFile } from "../source/source_file.ts";
import type { Hasher } from "./hasher.ts";
import type { Sink } from "./sink.ts";

/** Runs of zeros from this length on become holes; shorter ones would only split the writes. */
const HOLE_BYTES = 65_536;

/** What an image is streamed with. */
export interface StreamParts {
  readonly files: SourceFile;
  readonly sink: Sink;
  readonly hasher: Hasher;
  readonly breather: Breather;
  onProgress(doneBytes: number): void;
}

/** Streams all runs. @returns The bytes streamed. @throws what the sink and the signal throw. */
export async function streamImage(runs: Iterable<Run>, parts: StreamParts): Promise<number> {
  const streamer = new Streamer(parts);
  try {
    for (const run of runs) await streamer.add(run);
    return await streamer.end();
  } finally {
    parts.files.close();
  }
}

class Streamer {
  /** Where the buffer begins in the image. */
  #offset = 0;
  #buffer: Uint8Array | undefined;
  #used = 0;
  /** What of the buffer has been written, or is a hole. */
  #written = 0;
  #open: TreeInode | undefined;

  constructor(private readonly parts: StreamParts) {}

  async add(run: Run): Promise<void> {
    const length = run.kind === "bytes" ? run.bytes.length : run.lengthBytes;
    const isHole = run.kind === "zeros" && length >= HOLE_BYTES && this.parts.sink.keepsHoles;
    if (run.kind === "file") this.#openFile(run.inode);
    for (let done = 0; done < length;) {
      const buffer = this.#buffer ?? await this.#nextBuffer();
      const part = Math.min(length - done, buffer.length - this.#used);
      const into = buffer.subarray(this.#used, this.#used + part);
      if (isHole) this.#write();
      if (run.kind === "bytes") into.set(run.bytes.subarray(done, done + part));
      else if (run.kind === "zeros") into.fill(0);
      else this.parts.files.read(into, run.offsetBytes + done);
      this.#used += part;
      done += part;
      if (isHole) this.#written = this.#used;
      if (this.#used === buffer.length) this.#submit();
    }
    if (this.parts.breather.due) {
      this.parts.onProgress(this.#offset + this.#used);
      await this.parts.breather.pause();
    }
  }

  async end(): Promise<number> {
    if (this.#buffer !== undefined) this.#submit();
    this.parts.onProgress(this.#offset);
    await Promise.resolve();
    return this.#offset;
  }

  #openFile(inode: TreeInode): void {
    if (this.#open === inode) return;
    this.parts.files.close();
    this.parts.files.open(inode);
    this.#open = inode;
  }

  async #nextBuffer(): Promise<Uint8Array> {
    this.#buffer = await this.parts.hasher.buffer();
    this.#used = 0;
    this.#written = 0;
    return this.#buffer;
  }

  /** Hands the buffer on to be hashed first: that takes longest, and goes on while it is written. */
  #submit(): void {
    const buffer = this.#buffer!;
    this.parts.hasher.submit(this.#used);
    this.#write(buffer);
    this.#offset += this.#used;
    this.#buffer = undefined;
  }

  #write(buffer: Uint8Array = this.#buffer!): void {
    if (this.#written === this.#used) return;
    const bytes = buffer.subarray(this.#written, this.#used);
    this.parts.sink.write(bytes, this.#offset + this.#written);
    this.#written = this.#used;
  }
}
