/**
 * A folder as a tar archive, with its exact size in front.
 * @module
 */

import { exportImage } from "icecore/read";
import { contentsHeaders } from "../access/safe_headers.ts";
import { disposition } from "../contents/disposition.ts";
import type { Slots } from "../http/slots.ts";
import { streamBody } from "../http/stream_body.ts";
import type { Place } from "../tree/shelf.ts";

/** What is asked for. */
export interface ArchiveRequest {
  /** A folder. */
  readonly place: Place;
  /** What it is called, without an ending. */
  readonly name: Uint8Array;
  readonly request: Request;
  /** Places for archives that are sent. */
  readonly slots: Slots;
}

/** Answers with the archive; its members' names begin with the folder's own. @throws BusyError */
export async function tarResponse(wanted: ArchiveRequest): Promise<Response> {
  const { place: { image, path }, request, slots } = wanted;
  const { signal } = request;
  const release = await slots.take(signal);
  let sizeBytes = 0;
  const pieces = exportImage(image.reader, {
    ...path.length === 0 ? {} : { path },
    withoutParents: true,
    signal,
    onSize: (bytes) => sizeBytes = bytes,
  });
  try {
    const first = await pieces.next();
    const headers = archiveHeaders("application/x-tar", wanted.name, ".tar");
    headers.set("content-length", String(sizeBytes));
    if (request.method === "HEAD") {
      await pieces.return(undefined);
      release();
      return new Response(null, { headers });
    }
    return new Response(streamBody(kept(first, pieces), release), { headers });
  } catch (error) {
    release();
    throw error;
  }
}

/** Headers of a download. */
export function archiveHeaders(type: string, name: Uint8Array, ending: string): Headers {
  const whole = Uint8Array.from([...name, ...encoder.encode(ending)]);
  return new Headers({
    ...contentsHeaders,
    "content-type": type,
    "content-disposition": disposition(whole, true),
    "cache-control": "private, no-store",
  });
}

const encoder = new TextEncoder();

/** Pieces that stay what they are while the next is made. */
async function* kept(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let each = first; each.done !== true; each = await pieces.next()) {
      if (each.value.length > 0) yield each.value.slice();
    }
  } finally {
    await pieces.return(undefined);
  }
}
