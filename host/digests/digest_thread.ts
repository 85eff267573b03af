/**
 * A digest that another thread makes, so that it costs this one no more than a copy.
 *
 * Buffers are lent to the thread and come back, which keeps this one free meanwhile: it feeds
 * programs and servers. `pack` shares a ring of buffers instead, for it has nothing else to do.
 * @module
 */

import type { DigestAnswer, DigestRequest } from "./digest_worker.ts";

/** Large enough that a message costs nothing beside the hashing of it. */
const BUFFER_BYTES = 2 ** 20;
/** How many buffers there are: more than one, so that neither side waits for the other. */
const COUNT_BUFFERS = 4;

/** A digest in the making. It has to be ended by `digest` or `close`, or the process goes on. */
export class DigestThread {
  readonly #worker: Worker;
  readonly #free: ArrayBuffer[] = Array.from(
    { length: COUNT_BUFFERS },
    () => new ArrayBuffer(BUFFER_BYTES),
  );
  #current: Uint8Array | undefined;
  #used = 0;
  #failure: Error | undefined;
  /** Receives each answer, and a failure. */
  #onAnswer: () => void = () => {};
  #digest: string | undefined;

  /** @param algorithm e.g. `sha512`. */
  constructor(algorithm: string) {
    this.#worker = new Worker(new URL("./digest_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<DigestAnswer>) => {
      if ("digest" in data) this.#digest = data.digest;
      else this.#free.push(data.buffer);
      this.#onAnswer();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`cannot hash: ${event.message}. Report this.`);
      this.#onAnswer();
    };
    this.#post({ algorithm });
  }

  /** Adds bytes; waits while the thread has enough to do. One call at a time. @throws Error */
  async update(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const current = this.#current ??= new Uint8Array(await this.#freeBuffer());
      const some = bytes.subarray(at, at + current.length - this.#used);
      current.set(some, this.#used);
      this.#used += some.length;
      at += some.length;
      if (this.#used === current.length) this.#lend();
    }
  }

  /** The digest in hex; it ends the thread. @throws Error */
  async digest(): Promise<string> {
    this.#lend();
    this.#post("end");
    while (this.#digest === undefined) await this.#answer();
    this.#worker.terminate();
    return this.#digest;
  }

  /** Ends the thread; whoever waits for it gets an error. */
  close(): void {
    this.#worker.terminate();
    this.#failure ??= new Error("cannot hash: the digest was given up. Report this.");
    this.#onAnswer();
  }

  async #freeBuffer(): Promise<ArrayBuffer> {
    for (;;) {
      const buffer = this.#free.pop();
      if (buffer !== undefined) return buffer;
      await this.#answer();
    }
  }

  async #answer(): Promise<void> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#onAnswer = resolve);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #lend(): void {
    if (this.#current === undefined) return;
    const buffer = this.#current.buffer as ArrayBuffer;
    this.#post({ buffer, lengthBytes: this.#used }, [buffer]);
    this.#current = undefined;
    this.#used = 0;
  }

  #post(request: DigestRequest, lent: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, lent);
  }
}
