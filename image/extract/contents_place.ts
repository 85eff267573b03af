/**
 * Where the contents of a file lie in the image, in bytes that any thread can read.
 * @module
 */

import type { Stretch } from "../../ext4/reader/metadata/stretches.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";

/** All that it takes to copy a file, and to compare it with the record. */
export interface ContentsPlace {
  readonly sizeBytes: number;
  /** In the order of the file; what is between is holes. */
  readonly stretches: readonly Stretch[];
  /** What the record has of it, if anything. */
  readonly digest: Uint8Array | undefined;
}

const WORD_BYTES = 8;
const HEAD_BYTES = RECORD_DIGEST_BYTES + 2 * WORD_BYTES;
const STRETCH_BYTES = 3 * WORD_BYTES;

/** How many bytes a place takes. */
export function placeLengthBytes({ stretches }: ContentsPlace): number {
  return HEAD_BYTES + stretches.length * STRETCH_BYTES;
}

/** Writes a place. @param into As long as it takes. */
export function writePlace({ sizeBytes, stretches, digest }: ContentsPlace, into: Uint8Array) {
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  into.fill(0, 0, RECORD_DIGEST_BYTES);
  if (digest !== undefined) into.set(digest);
  view.setFloat64(RECORD_DIGEST_BYTES, sizeBytes, true);
  // A digest of zeros is one as well, if a rare one.
  view.setFloat64(RECORD_DIGEST_BYTES + WORD_BYTES, digest === undefined ? 0 : 1, true);
  let at = HEAD_BYTES;
  for (const { offsetBytes, lengthBytes, imageOffsetBytes } of stretches) {
    view.setFloat64(at, offsetBytes, true);
    view.setFloat64(at + WORD_BYTES, lengthBytes, true);
    view.setFloat64(at + 2 * WORD_BYTES, imageOffsetBytes, true);
    at += STRETCH_BYTES;
  }
}

/** Reads a place; its digest is a view. */
export function readPlace(from: Uint8Array): ContentsPlace {
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
  const number = (at: number) => view.getFloat64(at, true);
  const stretches: Stretch[] = [];
  for (let at = HEAD_BYTES; at < from.length; at += STRETCH_BYTES) {
    stretches.push({
      offsetBytes: number(at),
      lengthBytes: number(at + WORD_BYTES),
      imageOffsetBytes: number(at + 2 * WORD_BYTES),
    });
  }
  const hasDigest = number(RECORD_DIGEST_BYTES + WORD_BYTES) === 1;
  return {
    sizeBytes: number(RECORD_DIGEST_BYTES),
    stretches,
    digest: hasDigest ? from.subarray(0, RECORD_DIGEST_BYTES) : undefined,
  };
}
