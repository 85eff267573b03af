/**
 * How an image is opened.
 * @module
 */

import type { CorruptImageError } from "../../ext4/errors.ts";

/** What becomes of its journal and of what is broken, how much is cached, how servers are asked. */
export interface OpenImageOptions {
  /**
   * What to do about a journal that was not replayed because the image was not unmounted:
   * `replay` it in memory, which changes nothing on disk (the default), or `ignore` it.
   */
  readonly journal?: "replay" | "ignore";
  /**
   * Told of what is broken in folders that are listed, walked, extracted or exported; it is left
   * out then. Without, the first makes the call fail. The path is below the folder in question.
   * Copies of superblock and group descriptors are read in place of broken ones, and an image that
   * is cut short as far as it goes; both is told without a path.
   */
  readonly onBroken?:
    | ((error: CorruptImageError, path: Uint8Array | undefined) => void)
    | undefined;
  /** Most bytes kept in memory; default 1 MiB of a local image and 16 MiB of a remote one. */
  readonly cacheBytes?: number;
  /** Ends all reading; its reason is what reads then throw. */
  readonly signal?: AbortSignal;
  /** Of servers: the longest time without a single byte before a request is given up; default 30,000. */
  readonly timeoutMs?: number;
  /** Of servers: how often a request is tried again before reading fails; default 4. */
  readonly countRetries?: number;
  /** Of servers: the pause before the first retry, doubled for each further one; default 250. */
  readonly retryDelayMs?: number;
}
