/**
 * Makes an object appear, makes sure that it is what was sent, and knows afterwards what may be there.
 * @module
 */

import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { messageOf } from "../../plugin.ts";
import { addressOf } from "./address.ts";
import type { Destination } from "./destination.ts";
import type { Store, StoreContext } from "./store.ts";
import { ChecksumError, factsOf, isRefusal } from "./store_errors.ts";
import { bare, compare, type Expected, lookAt } from "./stored_object.ts";

/** What can be made to appear. */
export interface Completable {
  readonly expected: Expected;
  /**
   * Asks the store for it.
   *
   * @param onAnswer Receives the ETag of an answer before it is checked.
   * @param onLost Called when a request failed that may have been carried out all the same.
   */
  complete(onAnswer: (etag: string | undefined) => void, onLost: () => void): Promise<void>;
  /** Whether the store no longer has what it was to be made of, as after it was made. */
  isUsedUp(): Promise<boolean>;
}

/** Whether an object of ours is in the store; `unclear` when it may be. */
export type Presence = "absent" | "ours" | "unclear";

/** How often it is looked for: a request on its way may be carried out behind the first look. */
const ROUNDS = 3;
const SETTLE_MS = 200;

/** The end of one upload. */
export class Completion {
  #state: "not asked" | "asked" | "stored" = "not asked";
  #etag: string | undefined;
  #object: Completable | undefined;

  constructor(
    private readonly store: Store,
    private readonly to: Destination,
    private readonly context: StoreContext,
    private readonly signal: AbortSignal,
  ) {}

  /** Makes it appear, and looks at it. @returns Whether the look has shown that it is the same. */
  async complete(object: Completable): Promise<boolean> {
    this.#object = object;
    this.#state = "asked";
    let isLost = false;
    try {
      await object.complete((etag) => void (this.#etag = etag), () => void (isLost = true));
    } catch (error) {
      if (!await this.#isThereAllTheSame(object, error)) {
        // With 404 the parts are gone, perhaps into the object: some runtimes ask again by themselves.
        const isFinal = isRefusal(error) && factsOf(error).status !== 404;
        if (isFinal && !isLost) this.#state = "not asked";
        throw error;
      }
    }
    const isSame = await this.#requireStored(object.expected);
    this.#state = "stored";
    return isSame;
  }

  /** What of it is in the store, after it was given up. Never throws. */
  async presence(): Promise<Presence> {
    if (this.#state === "not asked") return "absent";
    if (this.#state === "stored") return "ours";
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const presence = await this.#presenceNow();
        if (presence !== "absent") return presence;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      }
      return "absent";
    } catch {
      return "unclear";
    }
  }

  async #presenceNow(): Promise<Presence> {
    const object = this.#object!;
    try {
      const head = await lookAt(this.store, this.to, undefined);
      const isAnswered = this.#etag !== undefined && head.ETag !== undefined &&
        bare(this.#etag) === bare(head.ETag);
      return isAnswered || await isOurs(head, object) ? "ours" : "unclear";
    } catch (error) {
      if (factsOf(error).status === 404) return "absent";
      throw error;
    }
  }

  /** Whether the answer was lost, here or in the runtime, and the work done. */
  async #isThereAllTheSame(object: Completable, error: unknown): Promise<boolean> {
    if (this.signal.aborted || error instanceof ChecksumError) return false;
    if (isRefusal(error) && ![404, 412].includes(factsOf(error).status ?? 0)) return false;
    try {
      const head = await lookAt(this.store, this.to, this.signal);
      return await isOurs(head, object);
    } catch {
      return false;
    }
  }

  /** @throws ChecksumError when the store has something else than was sent, or nothing. */
  async #requireStored(expected: Expected): Promise<boolean> {
    try {
      const head = await lookAt(this.store, this.to, this.signal);
      const likeness = compare(head, expected);
      if (likeness !== "different") return likeness === "same";
      const { ContentLength } = head;
      throw new ChecksumError(
        ContentLength === expected.sizeBytes
          ? "what the store has now differs from what was sent"
          : `the store has ${ContentLength} bytes now, and ${expected.sizeBytes} were sent`,
      );
    } catch (error) {
      if (error instanceof ChecksumError || this.signal.aborted) throw error;
      const { status } = factsOf(error);
      if (status === 404) {
        throw new ChecksumError("the store says that it has taken it, and does not have it");
      }
      // Credentials may be for writing only.
      const address = addressOf(this.to.bucket, this.to.key);
      const text = `${address}: it was stored, and could not be looked at afterwards: ` +
        (isRefusal(error) ? `the store answered ${status}` : messageOf(error));
      const level = isRefusal(error) ? "info" : "warning";
      this.context.emit({ type: "message", level, text });
      return false;
    }
  }
}

/** A store that gives no checksum shows it by what it has no more. */
async function isOurs(head: HeadObjectCommandOutput, object: Completable): Promise<boolean> {
  const likeness = compare(head, object.expected);
  return likeness === "same" || (likeness === "unclear" && await object.isUsedUp());
}
