/**
 * A payload while it flows: its bytes go to all who take it, and are counted and hashed.
 * @module
 */

import type { Payload } from "./image.ts";

/** A digest that is being made. */
export interface RunningHash {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** In hex. */
  digest(): string;
}

/** Takes bytes in order; waits while its stream is full. */
export class Taker {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(stream: WritableStream<Uint8Array>, onFailure: (error: unknown) => void) {
    this.#writer = stream.getWriter();
    this.#writer.closed.catch(onFailure);
    this.#fail = onFailure;
  }
  readonly #fail: (error: unknown) => void;

  /** Waits for room, not for the bytes to arrive: the next ones are made meanwhile. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#writer.ready;
    this.#writer.write(bytes).catch(this.#fail);
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }
}

/** One form of the payload: the plain image, or what a transform made of it. */
export class Flow {
  sizeBytes = 0;
  readonly takers: Taker[] = [];
  #digests: Record<string, string> = {};

  /**
   * @param name The name to store it under.
   * @param path Where it lies when it is complete; `-` when nowhere here.
   * @param hash Absent where the digest is made by others.
   */
  constructor(
    readonly name: string,
    readonly path: string,
    private readonly algorithm: string,
    private readonly hash: RunningHash | undefined,
  ) {}

  /** Hands bytes to all takers, the slowest of which sets the pace. */
  async push(bytes: Uint8Array): Promise<void> {
    this.sizeBytes += bytes.length;
    this.hash?.update(bytes);
    await Promise.all(this.takers.map((taker) => taker.write(bytes)));
  }

  /** Says that all bytes have come. */
  async close(): Promise<void> {
    if (this.hash !== undefined) this.#digests = { [this.algorithm]: this.hash.digest() };
    await Promise.all(this.takers.map((taker) => taker.close()));
  }

  /** What has flowed, once it is closed. */
  payload(known: Readonly<Record<string, string>> = {}): Payload {
    const { path, name, sizeBytes } = this;
    return { path, name, sizeBytes, digests: { ...known, ...this.#digests } };
  }
}
