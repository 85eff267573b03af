/**
 * The digest of a whole image, made by this thread: where there are no others, as on Node.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { Breather } from "../../host/breathe.ts";
import { startHash } from "../../host/digests/hash.ts";
import { PieceReader } from "./piece_reader.ts";

const PIECE_BYTES = 1 << 20;

/** @returns The digest in hex. @throws EnvironmentError; the signal's reason */
export async function digestHere(
  source: HostBlockSource,
  algorithm: string,
  signal: AbortSignal,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<string> {
  const hash = await startHash(algorithm);
  const reader = new PieceReader(source);
  const breather = new Breather(signal);
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let at = 0; at < source.sizeBytes; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, source.sizeBytes - at));
    await reader.read(at, piece);
    hash.update(piece);
    if (!breather.due) continue;
    onProgress(at, source.sizeBytes);
    await breather.pause();
  }
  return hash.digest();
}
