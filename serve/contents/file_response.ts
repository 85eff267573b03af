/**
 * A file of an image as an answer: whole, a range of it, or that nothing has changed.
 * @module
 */

import type { Stat } from "icecore/read";
import { contentsHeaders, playedHeaders } from "../access/safe_headers.ts";
import { answerRange, isKnown } from "../http/range.ts";
import type { Slots } from "../http/slots.ts";
import { streamBody } from "../http/stream_body.ts";
import { type Media, mediaOf } from "../media/media_type.ts";
import { disposition } from "./disposition.ts";
import { etagOf } from "./etag.ts";
import { filePieces, type SentFile } from "./file_pieces.ts";

/** What is asked for, and how. */
export interface FileRequest {
  readonly file: SentFile;
  readonly stat: Stat;
  readonly name: Uint8Array;
  /** Whether it is to be saved instead of shown. */
  readonly isDownload: boolean;
  readonly request: Request;
  /** Places for files that are sent. */
  readonly slots: Slots;
}

/** Answers a request for a file. @throws BusyError; CorruptImageError; the signal's reason */
export async function fileResponse(wanted: FileRequest): Promise<Response> {
  const { file, stat, name, request, slots } = wanted;
  const etag = await etagOf(file.image, stat);
  const media = mediaOf(name);
  const headers = new Headers({
    ...media.shows === "audio" || media.shows === "video" ? playedHeaders : contentsHeaders,
    etag,
    "last-modified": httpDate(stat.mtime.seconds),
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
  });
  const header = (name: string) => request.headers.get(name) ?? undefined;
  if (isKnown(header("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  const answer = answerRange(header("range"), header("if-range"), etag, stat.sizeBytes);
  if (answer === "unsatisfiable") {
    headers.set("content-range", `bytes */${stat.sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const isWhole = answer === "whole";
  const span = isWhole ? { startBytes: 0, endBytes: stat.sizeBytes } : answer;
  const { startBytes, endBytes } = span;
  headers.set("content-type", media.type);
  headers.set("content-length", String(endBytes - startBytes));
  headers.set("content-disposition", disposition(name, isSaved(media, wanted)));
  if (!isWhole) {
    headers.set("content-range", `bytes ${startBytes}-${endBytes - 1}/${stat.sizeBytes}`);
  }
  const status = isWhole ? 200 : 206;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const { signal } = request;
  const release = await slots.take(signal);
  return new Response(streamBody(filePieces(file, span, signal), release), { status, headers });
}

/** What no page shows has no place in a browser's window either: a PDF may hold scripts. */
function isSaved({ shows }: Media, { isDownload }: FileRequest): boolean {
  return isDownload || shows === undefined;
}

/** A moment as HTTP writes it; what a date cannot hold is the nearest that it can. */
export function httpDate(seconds: number): string {
  return new Date(Math.max(0, seconds) * 1000).toUTCString();
}
