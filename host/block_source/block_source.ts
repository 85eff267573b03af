/**
 * An image that is open somewhere: the shape that all sources have.
 * @module
 */

import type { Descriptor } from "../libc/files.ts";

/** What was asked of a server so far. */
export interface Traffic {
  /** Requests sent, those that failed included. */
  readonly countRequests: number;
  /** Bytes of the image that came. */
  readonly countBytes: number;
}

/** An open image, of which any range can be read. */
export interface HostBlockSource {
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** What it is called in messages: never with a password or a signature. */
  readonly shownName: string;
  /** Whether reads wait for nothing but a disk. */
  readonly isLocal: boolean;
  /** The open file; missing for what is not a regular file of this machine. */
  readonly file?: Descriptor | undefined;
  /**
   * Which file it is, its size, and when it was last written to: equal for what is the same. Missing
   * for what is not a regular file of this machine, as it lies there.
   */
  readonly identity?: string | undefined;
  /** Of a server; missing for what is local. */
  readonly traffic?: Traffic | undefined;
  /** What it is read out of, where it lies there encrypted, compressed or otherwise wrapped. */
  readonly stored?:
    | {
      /** How, e.g. `age`. */
      readonly layer: string;
      /** What lies there, or the next layer. */
      readonly source: HostBlockSource;
    }
    | undefined;
  /**
   * Fills all of `into` with the bytes from `offsetBytes` on.
   *
   * @returns Nothing where it is done already; a promise where it has to be waited for.
   * @throws EnvironmentError when the bytes cannot be had.
   */
  read(offsetBytes: number, into: Uint8Array): Promise<void> | void;
  /** Releases what it holds. Reads under way fail. */
  close(): void;
}

/** How a source is opened. All but the signal are for servers only. */
export interface SourceOptions {
  /** Ends all reading; its reason is what reads then throw. */
  readonly signal?: AbortSignal;
  /** Longest time without a single byte before a request is given up; default 30,000. */
  readonly timeoutMs?: number;
  /**
   * A server that sends less in a minute, before a request is done, is given up as one that sends
   * nothing; default 65,536, and 0 waits without end.
   */
  readonly leastBytesPerMinute?: number;
  /** How often a request is tried again before reading fails; default 4. */
  readonly countRetries?: number;
  /** Pause before the first retry, doubled for each further one; default 250. */
  readonly retryDelayMs?: number;
  /** What the request that finds out the size brings at once; default 256 KiB. */
  readonly headBytes?: number;
  /** The size it has to have: then nothing is asked for before the first read. */
  readonly sizeBytes?: number;
}
