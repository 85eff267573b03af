/**
 * What a file that is not an image is, as far as its bytes show.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { BEGINNING_BYTES, END_BYTES, type Format, formatOf } from "./formats.ts";

/** The format of a source; `undefined` where none is known, or its bytes cannot be had. */
export async function knownFormat(source: HostBlockSource): Promise<Format | undefined> {
  const { sizeBytes } = source;
  const beginning = await bytesOf(source, 0, BEGINNING_BYTES);
  return formatOf(beginning, await bytesOf(source, Math.max(0, sizeBytes - END_BYTES), END_BYTES));
}

/** Fewer bytes where the file ends before; nothing where even those cannot be had. */
export async function bytesOf(
  source: HostBlockSource,
  offsetBytes: number,
  sizeBytes: number,
): Promise<Uint8Array> {
  const there = Math.max(0, Math.min(sizeBytes, source.sizeBytes - offsetBytes));
  const bytes = new Uint8Array(there);
  try {
    if (there > 0) await source.read(offsetBytes, bytes);
    return bytes;
  } catch {
    return new Uint8Array();
  }
}
