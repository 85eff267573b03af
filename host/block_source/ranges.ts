/**
 * What a server must be able to do so that an image on it can be read in place.
 * @module
 */

/** What differs between one state of a file and the next on a server; either may be missing. */
export interface Version {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** The answer to a request for a range. */
export interface RangeReply {
  /** Size of the whole file. */
  readonly totalBytes: number;
  readonly version: Version;
  /** The bytes from the first one asked for on; perhaps fewer than asked for. */
  readonly body: ReadableStream<Uint8Array>;
}

/** A file on a server. */
export interface RangeServer {
  /** What it is called in messages, without secrets. */
  readonly shownName: string;
  /**
   * Asks for the bytes from `startBytes` up to but not including `endBytes`.
   *
   * @param signal Ends the request; what is thrown then does not matter.
   * @throws TransientError when it may be tried again; OutsideFileError when the file ends
   * before; any other error is final.
   */
  request(startBytes: number, endBytes: number, signal: AbortSignal): Promise<RangeReply>;
  /** Releases connections. */
  close(): void;
}

/** A request that failed in a way that often passes. */
export class TransientError extends Error {
  override readonly name = "TransientError";

  /**
   * @param message Why, e.g. `the server answered 503`; it becomes part of a sentence.
   * @param retryAfterMs When the server wants to be asked again.
   */
  constructor(message: string, readonly retryAfterMs?: number, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Nobody answers at that address: it passes when a server starts anew, else it is a wrong address. */
export class NoServerError extends TransientError {}

/** The file has no byte of the range asked for (status 416). */
export class OutsideFileError extends Error {
  override readonly name = "OutsideFileError";
}
