/**
 * Reads an image mostly from front to back, of a server the next piece while one is used.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";

/** Worth a request. */
const REMOTE_BYTES = 8 << 20;

/** A piece of a remote image that was asked for. */
interface Window {
  readonly startBytes: number;
  readonly bytes: Uint8Array;
  readonly reading: Promise<void>;
}

/** Reads at rising offsets. */
export class PieceReader {
  #current: Window | undefined;
  #next: Window | undefined;

  constructor(private readonly source: HostBlockSource) {}

  /** Fills all of `into`. @throws EnvironmentError when the bytes cannot be had */
  async read(offsetBytes: number, into: Uint8Array): Promise<void> {
    if (this.source.isLocal) {
      await this.source.read(offsetBytes, into);
      return;
    }
    for (let done = 0; done < into.length;) {
      const at = offsetBytes + done;
      const { startBytes, bytes } = await this.#windowAt(at);
      const part = bytes.subarray(at - startBytes, at - startBytes + into.length - done);
      into.set(part, done);
      done += part.length;
    }
  }

  async #windowAt(offsetBytes: number): Promise<Window> {
    if (!covers(this.#current, offsetBytes)) {
      this.#current = covers(this.#next, offsetBytes) ? this.#next! : this.#ask(offsetBytes);
      const following = this.#current.startBytes + this.#current.bytes.length;
      this.#next = following < this.source.sizeBytes ? this.#ask(following) : undefined;
    }
    const current = this.#current!;
    await current.reading;
    return current;
  }

  #ask(startBytes: number): Window {
    const bytes = new Uint8Array(Math.min(REMOTE_BYTES, this.source.sizeBytes - startBytes));
    const reading = Promise.resolve(this.source.read(startBytes, bytes));
    // It may fail before anyone waits for it, or nobody may need it any more.
    reading.catch(() => {});
    return { startBytes, bytes, reading };
  }
}

function covers(window: Window | undefined, offsetBytes: number): boolean {
  return window !== undefined && offsetBytes >= window.startBytes &&
    offsetBytes < window.startBytes + window.bytes.length;
}
