/**
 * Hashes a stream of buffers on another thread while this one fills and writes the next.
 * @module
 */

import type { Breather } from "../../host/breathe.ts";
import type { HashTask } from "./hash_worker.ts";
import { makeRing, RingProducer } from "./ring.ts";

/** How long the thread sleeps for a free buffer before it lets the event loop run. */
const WAIT_MS = 20;

/** A running hash. */
export class Hasher {
  readonly #worker: Worker;
  readonly #ring: RingProducer;
  readonly #digest: Promise<string>;
  #failure: Error | undefined;

  constructor(algorithm: string, private readonly breather: Breather) {
    const ring = makeRing();
    this.#ring = new RingProducer(ring);
    this.#worker = new Worker(new URL("./hash_worker.ts", import.meta.url), { type: "module" });
    this.#digest = new Promise((resolve, reject) => {
      this.#worker.onmessage = (event: MessageEvent<string>) => resolve(event.data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#failure = new Error(`cannot hash: ${event.message}. Report this.`);
        reject(this.#failure);
      };
    });
    // Whoever asks for the digest gets the failure; nobody may ask after an abort.
    this.#digest.catch(() => {});
    this.#worker.postMessage({ ring, algorithm } satisfies HashTask);
  }

  /** A free buffer to fill. @throws the abort signal's reason; Error when the worker failed. */
  async buffer(): Promise<Uint8Array> {
    while (!this.#ring.waitForRoom(WAIT_MS)) {
      await this.breather.pause();
      if (this.#failure !== undefined) throw this.#failure;
    }
    return this.#ring.buffer;
  }

  /** Hands the filled buffer on to be hashed; it may still be read, but not written. */
  submit(lengthBytes: number): void {
    this.#ring.submit(lengthBytes);
  }

  /** The hex digest of everything. @throws as {@linkcode buffer} does. */
  async digest(): Promise<string> {
    // The end takes a place of its own, or it would be read in place of a buffer still waiting.
    await this.buffer();
    this.#ring.end();
    return await this.#digest;
  }

  /** Ends the thread. */
  close(): void {
    this.#worker.terminate();
  }
}
