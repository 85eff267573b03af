/**
 * A file of an image that is open: reads at any place, and where its data lies.
 * @module
 */

import { type ByteRun, FileData, requirePlain } from "./contents/file_data.ts";
import type { Inode } from "./inode/inode.ts";
import type { Stat } from "./metadata/stat.ts";
import { PathError } from "./path_error.ts";
import { type Reading, settle } from "./reading.ts";
import type { Volume } from "./volume.ts";

/** A run of bytes of a file. */
export interface ByteRange {
  /** Its first byte, counted from the start of the file. */
  readonly startBytes: number;
  /** One past its last byte. */
  readonly endBytes: number;
}

/** Which bytes of a file, all of it by default, and in what pieces. */
export interface PieceOptions extends Partial<ByteRange> {
  /** Most bytes of one piece; default 4 MiB. Pieces are what a remote source is asked for. */
  readonly pieceBytes?: number;
}

const PIECE_BYTES = 4 << 20;

/** Where an open file gets its bytes from: a `FileData`. */
interface Contents {
  read(offsetBytes: number, into: Uint8Array, isApart?: boolean): Reading<number>;
  runAt(offsetBytes: number): Reading<ByteRun | undefined>;
}

/** An open file. It holds no resource and needs no closing. */
export class OpenFile {
  readonly #data: Contents;

  /** Only the reader makes these. */
  constructor(readonly stat: Stat, data: Contents) {
    this.#data = data;
  }

  /**
   * Reads from `offsetBytes` on into all of `into`; holes read as zeros.
   * @returns bytes read: fewer than `into` has at the end of the file. A promise only where the
   * source gave one.
   */
  read(offsetBytes: number, into: Uint8Array): number | Promise<number> {
    return settle(this.#data.read(requireOffset(offsetBytes), into));
  }

  /** The same where nothing near it will be read: nothing more is asked of the source. */
  readApart(offsetBytes: number, into: Uint8Array): number | Promise<number> {
    return settle(this.#data.read(requireOffset(offsetBytes), into, true));
  }

  /**
   * Contents, piece by piece; holes as zeros. `ReadableStream.from` makes a stream of it.
   * Each piece is the caller's to keep.
   */
  async *pieces(options: PieceOptions = {}): AsyncGenerator<Uint8Array> {
    const start = requireOffset(options.startBytes ?? 0);
    const end = Math.min(requireOffset(options.endBytes ?? Infinity), this.stat.sizeBytes);
    const pieceBytes = Math.max(1, options.pieceBytes ?? PIECE_BYTES);
    for (let at = start; at < end;) {
      const piece = new Uint8Array(Math.min(pieceBytes, end - at));
      await settle(this.#data.read(at, piece));
      yield piece;
      at += piece.length;
    }
  }

  /** Where the data lies, ascending and not touching; what is between is holes. */
  async *dataRanges(): AsyncGenerator<ByteRange> {
    let range: ByteRange | undefined;
    for (let at = 0;;) {
      const next = await settle(this.#nextData(at));
      if (range !== undefined && next?.startBytes !== range.endBytes) yield range;
      if (next === undefined) return;
      const continues = range !== undefined && next.startBytes === range.endBytes;
      range = continues ? { startBytes: range!.startBytes, endBytes: next.endBytes } : next;
      at = next.endBytes;
    }
  }

  *#nextData(from: number): Reading<ByteRange | undefined> {
    let run = yield* this.#data.runAt(from);
    while (run?.isHole === true) run = yield* this.#data.runAt(run.endBytes);
    return run && { startBytes: run.startBytes, endBytes: run.endBytes };
  }
}

/**
 * Opens a file.
 * @throws PathError when the inode is not a regular file
 * @throws UnsupportedFeatureError when it is encrypted
 */
export function* openFile(volume: Volume, inode: Inode, stat: Stat): Reading<OpenFile> {
  if (stat.kind !== "file") {
    const text = `inode ${stat.inode}`;
    throw new PathError(
      "not-a-file",
      text,
      `cannot read ${text}: it is a ${stat.kind}, not a file.`,
    );
  }
  requirePlain(inode);
  return new OpenFile(stat, yield* FileData.open(volume, inode));
}

function requireOffset(offsetBytes: number): number {
  if (offsetBytes >= 0 && (offsetBytes === Infinity || Number.isSafeInteger(offsetBytes))) {
    return offsetBytes;
  }
  throw new RangeError(`cannot read from ${offsetBytes}: it is not an offset in bytes.`);
}
