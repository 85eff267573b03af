/**
 * A file of an image that is open.
 * @module
 */

import type { Stat } from "../ext4/reader/metadata/stat.ts";

/** An open file of an image. It holds no resource and needs no closing. */
export interface ImageFile {
  /** Its metadata. */
  readonly stat: Stat;
  /**
   * Reads from `offsetBytes` on into all of `into`; holes read as zeros.
   *
   * @returns Bytes read: fewer than `into` has at the end of the file. A promise only where the
   * source gave one.
   */
  read(offsetBytes: number, into: Uint8Array): number | Promise<number>;
  /**
   * The same where nothing near it will be read: nothing more is asked of a server, and nothing is
   * kept.
   * @internal
   */
  readApart(offsetBytes: number, into: Uint8Array): number | Promise<number>;
  /**
   * Contents, piece by piece; holes as zeros. Each piece is the caller's to keep.
   *
   * @param options Which bytes, all by default; `pieceBytes` are the most of one piece, default
   * 4 MiB: pieces are what a remote source is asked for.
   */
  pieces(
    options?: {
      readonly startBytes?: number;
      readonly endBytes?: number;
      readonly pieceBytes?: number;
    },
  ): AsyncGenerator<Uint8Array>;
  /** Where the data lies, up to but without `endBytes`, ascending and not touching; what is between is holes. */
  dataRanges(): AsyncGenerator<{ readonly startBytes: number; readonly endBytes: number }>;
}
