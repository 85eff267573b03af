/**
 * The contents of a file in pieces, of which a remote one is fetched while the last is consumed.
 * @module
 */

import type { ImageFile } from "./image_file.ts";

/** A local piece fits the processor's cache; a remote one is worth a request. */
const LOCAL_BYTES = 1 << 20;
const REMOTE_BYTES = 8 << 20;

/** The bytes from `startBytes` up to `endBytes`, or up to the end of the file. */
export async function* piecesAhead(
  file: ImageFile,
  isLocal: boolean,
  range: { readonly startBytes?: number; readonly endBytes?: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const end = Math.min(range.endBytes ?? Infinity, file.stat.sizeBytes);
  const pieceBytes = isLocal ? LOCAL_BYTES : REMOTE_BYTES;
  const read = (at: number) => {
    const piece = new Uint8Array(Math.min(pieceBytes, end - at));
    const reading = file.read(at, piece);
    return { piece, reading };
  };
  let at = range.startBytes ?? 0;
  let current = at < end ? read(at) : undefined;
  while (current !== undefined) {
    if (current.reading instanceof Promise) await current.reading;
    at += current.piece.length;
    const next = at < end && !isLocal ? read(at) : undefined;
    // It may fail before anyone waits for it.
    if (next?.reading instanceof Promise) next.reading.catch(() => {});
    yield current.piece;
    current = next ?? (at < end ? read(at) : undefined);
  }
}
