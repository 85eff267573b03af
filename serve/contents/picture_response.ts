/**
 * Small pictures, and those out of raw files, as answers.
 * @module
 */

import type { Stat } from "icecore/read";
import { contentsHeaders } from "../access/safe_headers.ts";
import { isKnown } from "../http/range.ts";
import type { Slots } from "../http/slots.ts";
import { streamBody } from "../http/stream_body.ts";
import { mediaOf } from "../media/media_type.ts";
import { withOrientation } from "../pictures/oriented_jpeg.ts";
import { etagOf } from "./etag.ts";
import { filePieces, type SentFile } from "./file_pieces.ts";
import { fullSource, knowPicture, type PictureSource, thumbnailSource } from "./picture_source.ts";

/** Browsers ask again after this many seconds: the address is the same when the server is another. */
const FRESH_SECONDS = 600;

/** What is asked for. */
export interface PictureRequest {
  readonly file: SentFile;
  readonly stat: Stat;
  readonly name: Uint8Array;
  readonly request: Request;
  /** Places for pictures that are looked for, and for files that are sent. */
  readonly looking: Slots;
  readonly sending: Slots;
}

/**
 * Answers with a small picture, or with 204 where there is none: an error would be one of the page.
 *
 * @throws BusyError; CorruptImageError; the signal's reason
 */
export async function thumbnailResponse(wanted: PictureRequest): Promise<Response> {
  const { file, stat } = wanted;
  return await pictureResponse(wanted, "small", async () => {
    const picture = await knowPicture(file, wanted.name);
    return await thumbnailSource(file, picture, stat.sizeBytes);
  });
}

/** Answers with the largest picture that a browser can draw, or with 204. */
export async function previewResponse(wanted: PictureRequest): Promise<Response> {
  const { file } = wanted;
  return await pictureResponse(wanted, "large", async () => {
    const picture = await knowPicture(file, wanted.name);
    return await fullSource(file, picture);
  });
}

type Find = () => Promise<PictureSource | undefined>;

async function pictureResponse(
  { file, stat, name, request, looking, sending }: PictureRequest,
  variant: string,
  find: Find,
): Promise<Response> {
  const etag = `${(await etagOf(file.image, stat)).slice(0, -1)}-${variant}"`;
  const headers = new Headers({
    ...contentsHeaders,
    etag,
    "cache-control": `private, max-age=${FRESH_SECONDS}`,
  });
  if (isKnown(request.headers.get("if-none-match") ?? undefined, etag)) {
    return new Response(null, { status: 304, headers });
  }
  const media = mediaOf(name);
  if (media.shows !== "picture") return new Response(null, { status: 204, headers });
  const free = await looking.take(request.signal);
  let source: PictureSource | undefined;
  try {
    source = await find();
  } finally {
    free();
  }
  if (source === undefined) return new Response(null, { status: 204, headers });
  headers.set("content-type", source.from === "file" ? media.type : "image/jpeg");
  if (source.from === "bytes") {
    const jpeg = withOrientation(source.jpeg, source.orientation);
    headers.set("content-length", String(jpeg.length));
    return new Response(request.method === "HEAD" ? null : jpeg.slice(), { headers });
  }
  const span = source.from === "span" ? source.span : { startBytes: 0, endBytes: stat.sizeBytes };
  // The first two bytes of a JPEG, and behind them how it is turned.
  const begin = source.from === "span"
    ? withOrientation(JPEG_HEAD, source.orientation).slice(0, 2 - JPEG_HEAD.length)
    : undefined;
  const rest = begin === undefined ? span : { ...span, startBytes: span.startBytes + 2 };
  const sizeBytes = (begin?.length ?? 0) + rest.endBytes - rest.startBytes;
  headers.set("content-length", String(sizeBytes));
  if (request.method === "HEAD") return new Response(null, { headers });
  const release = await sending.take(request.signal);
  const pieces = withBegin(begin, filePieces(file, rest, request.signal));
  return new Response(streamBody(pieces, release), { headers });
}

/** Enough to be taken for a JPEG. */
const JPEG_HEAD = Uint8Array.from([0xff, 0xd8, 0xff, 0xff, 0xff]);

async function* withBegin(
  begin: Uint8Array | undefined,
  pieces: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (begin !== undefined) yield begin;
  yield* pieces;
}
