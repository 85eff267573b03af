/**
 * An image on a server: ranges on request, broken requests continued, replacements noticed.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import type { HostBlockSource, SourceOptions, Traffic } from "./block_source.ts";
import { closedError } from "./file_source.ts";
import { collectGarbage } from "../runtime.ts";
import { OtherSizeError } from "./other_size_error.ts";
import {
  NoServerError,
  OutsideFileError,
  type RangeReply,
  type RangeServer,
  TransientError,
  type Version,
} from "./ranges.ts";
import { pause, Retries } from "./retries.ts";
import { watchedRequest } from "./watched_request.ts";

/**
 * What the first request asks for: as much as the reader's first read wants, so that it is one, and
 * room for what an encrypted image has in front of that.
 */
const HEAD_BYTES = (256 + 4) << 10;

/** A modem of 1990 was as fast. */
const LEAST_BYTES_PER_MINUTE = 64 << 10;
const MINUTE_MS = 60_000;

/** Pieces of replies are garbage as soon as they are copied. */
const BYTES_BETWEEN_COLLECTIONS = 16 << 20;

/**
 * Opens an image on a server. The request that finds out its size brings its first bytes too.
 *
 * @param rateWindowMs What counts as a minute, for tests.
 * @throws EnvironmentError when there is none, or the server cannot send ranges.
 */
export async function openRemoteSource(
  server: RangeServer,
  options: SourceOptions = {},
  rateWindowMs: number = MINUTE_MS,
): Promise<HostBlockSource> {
  const source = new RemoteSource(server, options, rateWindowMs);
  try {
    await source.open();
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

/** What every answer must agree with. */
interface Expected {
  readonly totalBytes: number;
  readonly version: Version;
}

class RemoteSource implements HostBlockSource {
  readonly isLocal = false;
  readonly #server: RangeServer;
  readonly #options: SourceOptions;
  readonly #closing = new AbortController();
  readonly #traffic = { countRequests: 0, countBytes: 0 };
  #collectAtBytes = BYTES_BETWEEN_COLLECTIONS;
  #expected: Expected | undefined;
  #head: Uint8Array = new Uint8Array();
  readonly #stop: () => void;

  constructor(
    server: RangeServer,
    options: SourceOptions,
    private readonly rateWindowMs: number,
  ) {
    this.#server = server;
    this.#options = options;
    this.#stop = () => this.#closing.abort(options.signal?.reason);
    if (options.signal?.aborted === true) this.#stop();
    else options.signal?.addEventListener("abort", this.#stop, { once: true });
  }

  get shownName(): string {
    return this.#server.shownName;
  }

  get sizeBytes(): number {
    return this.#options.sizeBytes ?? this.#expected?.totalBytes ?? 0;
  }

  get traffic(): Traffic {
    return { ...this.#traffic };
  }

  async open(): Promise<void> {
    if (this.#options.sizeBytes === undefined) await this.#readHead(this.#options.headBytes);
  }

  async #readHead(headBytes = HEAD_BYTES): Promise<void> {
    const head = new Uint8Array(headBytes);
    try {
      await this.#fill(0, head);
    } catch (error) {
      if (!(error instanceof OutsideFileError)) throw error;
      // Not even a first byte.
      this.#expected = { totalBytes: 0, version: {} };
    }
    this.#head = head.subarray(0, Math.min(head.length, this.sizeBytes));
  }

  read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    const end = offsetBytes + into.length;
    if (end > this.sizeBytes) throw this.#endsBefore(end);
    if (end <= this.#head.length) into.set(this.#head.subarray(offsetBytes, end));
    else if (this.#head.length === 0 && offsetBytes === 0 && into.length < HEAD_BYTES) {
      return this.#readFromHead(into);
    } else return this.#fill(offsetBytes, into);
  }

  /** Where nothing was asked for at first: what lies at the front is read again and again. */
  async #readFromHead(into: Uint8Array): Promise<void> {
    await this.#readHead(Math.min(HEAD_BYTES, this.sizeBytes));
    into.set(this.#head.subarray(0, into.length));
  }

  close(): void {
    this.#options.signal?.removeEventListener("abort", this.#stop);
    this.#closing.abort(closedError(this.shownName));
    this.#server.close();
  }

  /** Fills `into`, or as much of it as the image has. */
  async #fill(offsetBytes: number, into: Uint8Array): Promise<void> {
    const { countRetries = 4, retryDelayMs = 250 } = this.#options;
    const retries = new Retries(countRetries, retryDelayMs);
    let done = 0;
    const end = () => Math.min(into.length, (this.#expected?.totalBytes ?? Infinity) - offsetBytes);
    while (done < end()) {
      try {
        await this.#request(offsetBytes + done, offsetBytes + end(), (bytes) => {
          const wanted = bytes.subarray(0, end() - done);
          into.set(wanted, done);
          done += wanted.length;
          retries.progress(wanted.length);
          return done < end();
        });
        if (done < end()) throw new TransientError("the connection ended too early");
      } catch (error) {
        if (error instanceof OutsideFileError && this.#expected !== undefined) {
          throw this.#replaced();
        }
        if (error instanceof OutsideFileError && this.#options.sizeBytes !== undefined) {
          throw new OtherSizeError(this.shownName, `at most ${offsetBytes + done}`, this.sizeBytes);
        }
        if (!(error instanceof TransientError)) throw error;
        // A wrong address is found out soon; a server that was there is waited for.
        const isWrongAddress = error instanceof NoServerError && this.#expected === undefined &&
          retries.countTries > 1;
        const pauseMs = isWrongAddress ? undefined : retries.nextPauseMs(error.retryAfterMs);
        if (pauseMs === undefined) throw this.#unreachable(error, retries);
        await pause(pauseMs, this.#closing.signal);
      }
    }
  }

  async #request(
    startBytes: number,
    endBytes: number,
    onBytes: (bytes: Uint8Array) => boolean,
  ): Promise<void> {
    this.#traffic.countRequests++;
    await watchedRequest(this.#server, startBytes, endBytes, {
      timeoutMs: this.#options.timeoutMs ?? 30_000,
      leastRate: {
        countBytes: this.#options.leastBytesPerMinute ?? LEAST_BYTES_PER_MINUTE,
        windowMs: this.rateWindowMs,
      },
      signal: this.#closing.signal,
      onReply: (reply) => this.#requireSame(reply),
      onBytes: (bytes) => {
        this.#traffic.countBytes += bytes.length;
        return onBytes(bytes);
      },
    });
    if (this.#traffic.countBytes < this.#collectAtBytes) return;
    this.#collectAtBytes = this.#traffic.countBytes + BYTES_BETWEEN_COLLECTIONS;
    collectGarbage();
  }

  /** Bytes of two states of a file must never be mixed. */
  #requireSame({ totalBytes, version }: RangeReply): void {
    const { sizeBytes } = this.#options;
    if (sizeBytes !== undefined && this.#expected === undefined && totalBytes !== sizeBytes) {
      throw new OtherSizeError(this.shownName, `${totalBytes}`, sizeBytes);
    }
    const expected = this.#expected ??= { totalBytes, version };
    const { etag, lastModified } = expected.version;
    const isSame = totalBytes === expected.totalBytes && version.etag === etag &&
      // Servers may leave it out where there is an ETag.
      (version.lastModified === lastModified || version.lastModified === undefined);
    if (!isSame) throw this.#replaced();
  }

  #replaced(): EnvironmentError {
    return new EnvironmentError(
      `cannot read on in ${this.shownName}: it was replaced on the server while it was read. ` +
        "Start again.",
      "image-changed",
    );
  }

  #endsBefore(endBytes: number): EnvironmentError {
    return new EnvironmentError(
      `cannot read ${this.shownName} up to byte ${endBytes}: it has ${this.sizeBytes} bytes. ` +
        "Use another copy.",
      "image-changed",
    );
  }

  #unreachable(error: TransientError, { countTries }: Retries): EnvironmentError {
    return new EnvironmentError(
      `cannot read ${this.shownName}: ${error.message} (tried ${countTries} times). ` +
        "Check the network and the server, and try again.",
      "unreachable",
      { cause: error },
    );
  }
}
