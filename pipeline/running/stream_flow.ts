/**
 * A payload while it flows: its bytes go to all who take it, and are counted and hashed.
 * @module
 */

import { StepError } from "../build_errors.ts";
import type { Payload } from "../image.ts";

/** A digest that is being made elsewhere, while the bytes flow on. */
export interface RunningHash {
  /** Adds bytes, copied or hashed when this resolves. One call at a time. */
  update(bytes: Uint8Array): Promise<void>;
  /** In hex; nothing can be added afterwards. */
  digest(): Promise<string>;
  /** Gives it up, unless it has been made. */
  close(): void;
}

/** Takes bytes in order; waits while its stream is full. Its failures bear the name of its step. */
export class Taker {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #named: (error: unknown) => unknown;
  readonly #fail: (error: unknown) => void;

  /**
   * @param step Whose stream it is.
   * @param onFailure Called when the stream fails, even while nobody writes.
   */
  constructor(
    step: string,
    stream: WritableStream<Uint8Array>,
    onFailure: (error: unknown) => void,
  ) {
    this.#named = (error) => namedError(step, error);
    this.#fail = (error) => onFailure(this.#named(error));
    this.#writer = stream.getWriter();
    this.#writer.closed.catch(this.#fail);
  }

  /** Waits for room, not for the bytes to arrive: the next ones are made meanwhile. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#writer.ready.catch((error) => {
      throw this.#named(error);
    });
    this.#writer.write(bytes).catch(this.#fail);
  }

  async close(): Promise<void> {
    await this.#writer.close().catch((error) => {
      throw this.#named(error);
    });
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }
}

/** The error of a step, unless it bears a step's name already. */
export function namedError(step: string, error: unknown): StepError {
  return error instanceof StepError ? error : new StepError(step, error);
}

/** One form of the payload: the plain image, or what a transform made of it. */
export class Flow {
  sizeBytes = 0;
  readonly takers: Taker[] = [];
  #digests: Record<string, string> = {};

  /**
   * @param name The name to store it under.
   * @param path Where it lies when it is complete; `-` when nowhere here.
   * @param digest Absent where it is made by others.
   */
  constructor(
    readonly name: string,
    readonly path: string,
    private readonly digest?: { readonly algorithm: string; readonly hash: RunningHash },
  ) {}

  /** Hands bytes to all takers, the slowest of which sets the pace. */
  async push(bytes: Uint8Array): Promise<void> {
    this.sizeBytes += bytes.length;
    await Promise.all([
      this.digest?.hash.update(bytes),
      ...this.takers.map((taker) => taker.write(bytes)),
    ]);
  }

  /** Says that all bytes have come. */
  async close(): Promise<void> {
    const [digest] = await Promise.all([
      this.digest?.hash.digest(),
      ...this.takers.map((taker) => taker.close()),
    ]);
    if (digest !== undefined) this.#digests = { [this.digest!.algorithm]: digest };
  }

  /** Gives up the digest. */
  abort(): void {
    this.digest?.hash.close();
  }

  /** What has flowed, once it is closed. */
  payload(known: Readonly<Record<string, string>> = {}): Payload {
    const { path, name, sizeBytes } = this;
    return { path, name, sizeBytes, digests: { ...known, ...this.#digests } };
  }
}
