/**
 * One object on its way into a store: parts go while bytes come, and it appears when it is completed.
 * @module
 */

import { addressOf } from "./address.ts";
import type { Confirmation } from "./checksum.ts";
import { Completion, type Presence } from "./completion.ts";
import type { Destination } from "./destination.ts";
import { objectExists } from "./exists.ts";
import { Multipart, type Stored } from "./multipart.ts";
import { Part } from "./part.ts";
import { partSizes } from "./part_sizes.ts";
import { PutObject } from "./put_object.ts";
import type { Store, StoreContext } from "./store.ts";
import { takenError, uploadError } from "./store_errors.ts";

/** An object in the making. What fits into one part goes as one request, at the end. */
export class Upload {
  readonly address: string;
  #part: Part | undefined;
  #number = 0;
  /** Buffers of parts that were sent: fresh memory costs as much as the copying into it. */
  readonly #spare: Uint8Array[] = [];
  #multipart: Multipart | undefined;
  /** Parts on their way. */
  readonly #inFlight = new Set<Promise<void>>();
  #failure: unknown;
  #doneBytes = 0;
  readonly #confirmations = new Set<Confirmation>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #sizeOf: (number: number) => number;
  readonly #completion: Completion;

  constructor(
    private readonly store: Store,
    private readonly to: Destination,
    private readonly context: StoreContext,
  ) {
    this.address = addressOf(to.bucket, to.key);
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
    this.#completion = new Completion(store, to, context, this.#signal);
    this.#sizeOf = partSizes(context.options.partSize, to.sizeBytes);
  }

  /** The object's key. */
  get key(): string {
    return this.to.key;
  }

  /** Looks whether the name is free, unless it may be overwritten. */
  async begin(): Promise<this> {
    if (this.context.options.overwrite === true) return this;
    const exists = await objectExists(this.store, this.to, this.context.signal)
      .catch((error) => {
        throw uploadError(this.address, error);
      });
    if (exists) throw takenError(this.address);
    return this;
  }

  /** Takes bytes; waits while enough parts are on their way. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#part?.isFull === true) {
        this.#multipart ??= await this.#begin();
        await this.#send();
      }
      this.#part ??= this.#nextPart();
      at += this.#part.fill(bytes.subarray(at));
    }
  }

  /** Sends what is left; afterwards only {@linkcode complete} is missing. */
  async end(): Promise<void> {
    if (this.#multipart !== undefined) await this.#send();
    await Promise.all(this.#inFlight);
    this.#throwFailure();
  }

  /** Makes the object appear, whole. @throws EnvironmentError `object-exists` and others. */
  async complete(): Promise<void> {
    try {
      if (this.#multipart === undefined) {
        const checksum = (this.#part ?? new Part(new Uint8Array(0))).checksum();
        const put = new PutObject(this.store, this.to, checksum, this.context, this.#signal);
        const isSame = await this.#completion.complete(put);
        this.#reportConfirmation([put.confirmation], isSame);
      } else {
        const isSame = await this.#completion.complete(this.#multipart);
        this.#multipart = undefined;
        this.#reportConfirmation([...this.#confirmations], isSame);
      }
    } catch (error) {
      throw uploadError(this.address, error);
    }
  }

  /** Gives it up: parts in the store cost money. @returns What stays there all the same. */
  async abort(): Promise<readonly string[]> {
    this.#stop.abort();
    await Promise.allSettled(this.#inFlight);
    const left = await this.#multipart?.abort();
    this.#multipart = undefined;
    return left ?? [];
  }

  /** What of it is in the store, after it was given up. */
  presence(): Promise<Presence> {
    return this.#completion.presence();
  }

  #nextPart(): Part {
    const part = this.#sizeOf(this.#number + 1);
    // Never more than the object can have.
    const size = Math.min(part, this.to.sizeBytes ?? part) || part;
    const spare = this.#spare.pop();
    return new Part(spare?.length === size ? spare : new Uint8Array(size));
  }

  async #begin(): Promise<Multipart> {
    return await Multipart.begin(this.store, this.to, this.context, this.#signal)
      .catch((error) => {
        throw uploadError(this.address, error);
      });
  }

  /** Sends the part at hand as soon as there is room among those on their way. */
  async #send(): Promise<void> {
    while (this.#inFlight.size >= this.context.options.parallel) {
      await Promise.race(this.#inFlight);
      this.#throwFailure();
    }
    const part = this.#part;
    if (part === undefined) return;
    this.#part = undefined;
    const sending = this.#multipart!.send(++this.#number, part.checksum())
      .then((stored) => {
        this.#spare.push(part.buffer);
        this.#reportProgress(stored);
      }, (error) => void (this.#failure ??= error))
      .finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }

  #reportProgress({ sizeBytes, confirmation }: Stored): void {
    this.#doneBytes += sizeBytes;
    this.#confirmations.add(confirmation);
    const total = this.to.sizeBytes;
    this.context.emit({
      type: "progress",
      done: this.#doneBytes,
      unit: "bytes",
      ...(total === undefined ? {} : { total }),
    });
  }

  #reportConfirmation(confirmations: readonly Confirmation[], isSame: boolean): void {
    if (confirmations.includes("none") && !isSame) {
      const text = `${this.address}: the store confirms no checksum. Read it back to be sure.`;
      this.context.emit({ type: "message", level: "warning", text });
    } else if (confirmations.includes("md5")) {
      const text =
        `${this.address}: the store does not know SHA-256, and confirmed each part's MD5`;
      this.context.emit({ type: "message", level: "info", text });
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw uploadError(this.address, this.#failure);
  }
}
