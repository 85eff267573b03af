/**
 * Digests one file after the other on another thread, while this one reads and writes them.
 * @module
 */

import type { Breather } from "../host/breathe.ts";
import { makeRing, RingProducer } from "../host/threads/ring.ts";
import { FileDigests } from "../steps/pack/file_digests.ts";

/** How long this thread sleeps for a free buffer before it lets the event loop run. */
const WAIT_MS = 20;
/** Small enough that the end of a file is not waited for long, large enough to wake a thread for. */
const MOST_BYTES = 2 ** 19;
/** Two files that follow each other have different numbers: the thread begins anew with each. */
const COUNT_NUMBERS = 2;

/** A thread that digests. It has to be closed, or the process goes on. */
export class ContentThread {
  readonly #ring: RingProducer;
  readonly #digests: FileDigests;
  #number = 1;
  #sizeBytes = 0;
  #hasLongHoles = false;
  #isEmpty = true;

  constructor(private readonly breather: Breather) {
    const ring = makeRing();
    this.#ring = new RingProducer(ring);
    this.#digests = new FileDigests(COUNT_NUMBERS, ring);
  }

  /** Begins a file, whether or not the one before was finished. */
  begin(sizeBytes: number, hasLongHoles: boolean): void {
    this.#number = this.#number % COUNT_NUMBERS + 1;
    this.#sizeBytes = sizeBytes;
    this.#hasLongHoles = hasLongHoles;
    this.#isEmpty = true;
  }

  /**
   * Takes a copy of data, in ascending order.
   * @returns A promise only where there is no room for a while.
   */
  add(bytes: Uint8Array, offsetBytes: number): void | Promise<void> {
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      if (!this.#ring.waitForRoom(WAIT_MS)) {
        return this.#addLater(bytes.subarray(at), offsetBytes + at);
      }
      const part = bytes.subarray(at, at + MOST_BYTES);
      this.#ring.buffer.set(part);
      this.#digests.begin(this.#ring.index);
      this.#addPiece(part.length, offsetBytes + at);
      this.#ring.submit(part.length);
    }
  }

  /** Ends the file, and writes its digest to `target`. */
  async finishInto(target: Uint8Array): Promise<void> {
    while (!this.#ring.waitForRoom(WAIT_MS)) await this.#rest();
    const { index } = this.#ring;
    this.#digests.begin(index);
    if (this.#isEmpty) this.#addPiece(0, 0);
    this.#digests.end(index);
    this.#ring.submit(0);
    while (!this.#ring.waitUntilTaken(WAIT_MS)) await this.#rest();
    target.set(this.#digests.digestOf(this.#number));
  }

  /** Ends the thread. */
  close(): void {
    this.#digests.close();
  }

  #addPiece(lengthBytes: number, offsetBytes: number): void {
    this.#isEmpty = false;
    this.#digests.add(this.#ring.index, {
      number: this.#number,
      start: 0,
      lengthBytes,
      offsetBytes,
      sizeBytes: this.#sizeBytes,
      hasLongHoles: this.#hasLongHoles,
    });
  }

  async #addLater(bytes: Uint8Array, offsetBytes: number): Promise<void> {
    await this.#rest();
    await this.add(bytes, offsetBytes);
  }

  async #rest(): Promise<void> {
    await this.breather.pause();
    if (this.#digests.failure !== undefined) throw this.#digests.failure;
  }
}
