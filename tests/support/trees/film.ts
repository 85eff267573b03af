/**
 * Films of any length in bytes, which Chromium plays: WebM with a picture a second, each a key
 * frame, and nothing for megabytes between them.
 * Source: RFC 9559 (Matroska); webmproject.org, "WebM Container Guidelines".
 * @module
 */

import { Buffer } from "node:buffer";
import { closeSync, openSync, truncateSync, writeSync } from "node:fs";

/** What a film is made of. */
export interface Film {
  readonly width: number;
  readonly height: number;
  /** A frame of VP8 for each second, as it stands in a WebP. */
  readonly frameAt: (second: number) => Uint8Array;
  readonly countSeconds: number;
  /** Between two frames. */
  readonly gapBytes: number;
}

/** Bytes of an element's head that is written here. */
const LENGTH_BYTES = 8;
const SECOND_MS = 1000;

const id = (hex: string) => Buffer.from(hex, "hex");

function length(countBytes: number): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeBigUInt64BE((1n << 56n) | BigInt(countBytes));
  return bytes;
}

function element(hex: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  return Buffer.concat([id(hex), length(body.length), body]);
}

function unsigned(hex: string, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return element(hex, bytes);
}

const text = (hex: string, value: string) => element(hex, Buffer.from(value));

/** Writes a film; between its frames the file has holes. @returns its size in bytes */
export function writeFilm(path: string, film: Film): number {
  const head = element(
    "1a45dfa3",
    unsigned("4286", 1),
    unsigned("42f7", 1),
    unsigned("42f2", 4),
    unsigned("42f3", 8),
    text("4282", "webm"),
    unsigned("4287", 2),
    unsigned("4285", 2),
  );
  const clusters = Array.from(
    { length: film.countSeconds },
    (_, second) => clusterOf(film, second),
  );
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(film.countSeconds * SECOND_MS);
  const info = element(
    "1549a966",
    unsigned("2ad7b1", 1_000_000),
    element("4489", duration),
    text("4d80", "icecore"),
    text("5741", "icecore"),
  );
  const tracks = element(
    "1654ae6b",
    element(
      "ae",
      unsigned("d7", 1),
      unsigned("73c5", 1),
      unsigned("83", 1),
      text("86", "V_VP8"),
      element("e0", unsigned("b0", film.width), unsigned("ba", film.height)),
    ),
  );
  const inFront = info.length + tracks.length + cuesOf(clusters, 0, film).length;
  const cues = cuesOf(clusters, inFront, film);
  const sizeBytes = inFront + clusters.reduce((sum, { length }) => sum + stepOf(length, film), 0);
  const fd = openSync(path, "w");
  try {
    let at = 0;
    const put = (bytes: Uint8Array) => at += writeSync(fd, bytes, 0, bytes.length, at);
    for (const part of [head, id("18538067"), length(sizeBytes), info, tracks, cues]) put(part);
    for (const cluster of clusters) {
      put(cluster);
      put(id("ec"));
      put(length(film.gapBytes));
      at += film.gapBytes;
    }
    truncateSync(path, at);
    return at;
  } finally {
    closeSync(fd);
  }
}

/** From one cluster to the next. */
function stepOf(clusterBytes: number, { gapBytes }: Film): number {
  return clusterBytes + id("ec").length + LENGTH_BYTES + gapBytes;
}

function clusterOf({ frameAt }: Film, second: number): Uint8Array {
  const block = element("a3", Buffer.from([0x81, 0, 0, 0x80]), frameAt(second));
  return element("1f43b675", unsigned("e7", second * SECOND_MS), block);
}

/** Where each second is, counted from behind the segment's head. */
function cuesOf(clusters: readonly Uint8Array[], inFront: number, film: Film): Uint8Array {
  let at = inFront;
  const points = clusters.map((cluster, second) => {
    const place = element("b7", unsigned("f7", 1), unsigned("f1", at));
    at += stepOf(cluster.length, film);
    return element("bb", unsigned("b3", second * SECOND_MS), place);
  });
  return element("1c53bb6b", ...points);
}

/** The frame of VP8 in a WebP (RFC 9649, section 2.5). */
export function frameOf(webp: Uint8Array): Uint8Array {
  const bytes = Buffer.from(webp);
  const at = bytes.indexOf("VP8 ");
  if (at < 0) throw new Error("there is no VP8 in it");
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4));
}
