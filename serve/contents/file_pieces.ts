/**
 * The bytes of a file as they are sent. What is sent whole is compared with the record of the image;
 * the last piece is held back until it is known to be right, so that nobody takes a damaged file for
 * a finished download.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import { printable } from "icecore/plugin";
import { damageOf } from "../../image/content_check.ts";
import type { ByteSpan } from "../http/range.ts";
import { FileCheck } from "./record_lock.ts";

/** Of a local image a disk's read ahead does the rest; of a remote one each piece is a request. */
const LOCAL_BYTES = 256 << 10;
const REMOTE_BYTES = 1 << 20;
/** A remote image's neighbours are read ahead for reads up to here. */
const SMALL_BYTES = 32 << 10;

/** A file that is sent. */
export interface SentFile {
  readonly image: ImageReader;
  /** For messages. */
  readonly path: Uint8Array;
  readonly inode: Stat["inode"];
}

/**
 * Pieces of a file.
 *
 * @throws DamagedFileError instead of the last piece, where all of it is sent and is not what was
 * stored; CorruptImageError; the signal's reason
 */
export async function* filePieces(
  { image, path, inode }: SentFile,
  span: ByteSpan,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await image.openFile(inode);
  const { startBytes, endBytes } = span;
  const isWhole = startBytes === 0 && endBytes === file.stat.sizeBytes;
  const check = isWhole ? await new FileCheck(image).begin(file) : undefined;
  const pieceBytes = image.traffic === undefined ? LOCAL_BYTES : REMOTE_BYTES;
  let held: Uint8Array | undefined;
  for (let at = startBytes; at < endBytes;) {
    signal.throwIfAborted();
    const piece = new Uint8Array(Math.min(pieceBytes, endBytes - at));
    const reading = file.read(at, piece);
    if (reading instanceof Promise) await reading;
    check?.add(piece, at);
    at += piece.length;
    if (held !== undefined) yield held;
    held = piece;
  }
  if (check?.finish() === false) {
    const damage = await damageOf(image, printable(path), file.stat.inode);
    if (damage !== undefined) throw damage;
  }
  if (held !== undefined) yield held;
}

/** The first bytes of a file, at most so many; the array is the caller's. */
export async function fileHead(
  image: ImageReader,
  inode: Stat["inode"],
  mostBytes: number,
): Promise<Uint8Array> {
  return await fileSpan(image, inode, 0, mostBytes);
}

/** Some bytes of a file: fewer than asked for at its end. */
export async function fileSpan(
  image: ImageReader,
  inode: Stat["inode"],
  startBytes: number,
  countBytes: number,
): Promise<Uint8Array> {
  const file = await image.openFile(inode);
  const count = Math.max(0, Math.min(countBytes, file.stat.sizeBytes - startBytes));
  const bytes = new Uint8Array(count);
  // Of small files, which lie side by side, one request brings many.
  const reading = count > SMALL_BYTES
    ? file.readApart(startBytes, bytes)
    : file.read(startBytes, bytes);
  return bytes.subarray(0, reading instanceof Promise ? await reading : reading);
}
