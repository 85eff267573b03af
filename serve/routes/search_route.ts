/**
 * Searching names below a folder, in one image or in all.
 * @module
 */

import type { Context } from "hono";
import { CorruptImageError } from "icecore/read";
import { printable } from "icecore/plugin";
import { pageHeaders } from "../access/safe_headers.ts";
import { streamBody } from "../http/stream_body.ts";
import { pageResponse } from "../pages/layout.ts";
import { type Row, rowOf } from "../pages/row.ts";
import { searchPage } from "../pages/search_page.ts";
import { type Hit, search } from "../tree/search.ts";
import type { Place } from "../tree/shelf.ts";
import { splitName } from "../tree/url_path.ts";
import type { Site } from "./site.ts";
import type { Wanted } from "./wanted.ts";

/** Hits that anybody looks at. */
const MOST_HITS = 2000;
const MOST_QUERY_CHARACTERS = 200;
/** Hits are sent when so much time has passed, and at the end. */
const SEND_EVERY_MS = 40;

/** A query for what is below a place. */
interface Query {
  readonly path: Uint8Array;
  readonly place?: Place | undefined;
  readonly c: Context;
  readonly query: string;
}

/** Hits as they are met: one JSON object a line, and a last one that says whether there are more. */
export async function streamSearch(site: Site, { path, place, c }: Wanted): Promise<Response> {
  const query = c.req.query("q") ?? "";
  const { signal } = c.req.raw;
  const release = await site.searching.take(signal);
  const lines = hitLines(hits(site, { path, place, c, query }));
  const headers = { ...pageHeaders, "content-type": "application/x-ndjson; charset=utf-8" };
  return new Response(streamBody(lines, release), { headers });
}

/** The same as a page. */
export async function searchResults(site: Site, wanted: Query): Promise<Response> {
  const release = await site.searching.take(wanted.c.req.raw.signal);
  try {
    const rows: Row[] = [];
    for await (const row of hits(site, wanted)) rows.push(row);
    const isCut = rows.length > MOST_HITS;
    return pageResponse(
      site.addresses,
      searchPage({
        addresses: site.addresses,
        rootName: site.rootName,
        path: wanted.path,
        query: wanted.query,
        rows: rows.slice(0, MOST_HITS),
        isCut,
      }),
    );
  } finally {
    release();
  }
}

/** At most one more than are shown. */
async function* hits(site: Site, { place, c, query }: Query): AsyncGenerator<Row> {
  const places = place === undefined
    ? site.shelf.images.map((image) => ({ image, path: new Uint8Array() }))
    : [place];
  const text = query.slice(0, MOST_QUERY_CHARACTERS);
  let count = 0;
  for (const { image, path } of places) {
    for await (const hit of foundIn(site, { image, path }, text, c.req.raw.signal)) {
      const whole = site.shelf.pathOf({ image, path: hit.path });
      const { folder, name } = splitName(whole);
      yield { ...rowOf({ ...hit, name }, whole), folder: printable(folder) };
      if (count++ === MOST_HITS) return;
    }
  }
}

/** What is broken ends a search, which is begun anew without it: names found before come once. */
async function* foundIn(
  site: Site,
  { image, path }: Place,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Hit> {
  const { isSalvaged } = image;
  let count = 0;
  try {
    // Without words somebody is about to type them.
    site.names.prepare(image.reader);
    if (text.trim() === "") return;
    const index = site.names.of(image.reader);
    for await (const hit of search(image.reader, path, text, signal, index)) {
      count++;
      yield hit;
    }
  } catch (error) {
    const canGoOn = error instanceof CorruptImageError && !isSalvaged;
    if (!canGoOn || !await image.salvage()) throw error;
    for await (const hit of search(image.reader, path, text, signal)) if (count-- <= 0) yield hit;
  }
}

async function* hitLines(rows: AsyncGenerator<Row>): AsyncGenerator<Uint8Array> {
  let lines = "";
  let count = 0;
  let sentMs = performance.now();
  for await (const row of rows) {
    if (count++ === MOST_HITS) break;
    lines += `${JSON.stringify(row)}\n`;
    if (performance.now() - sentMs < SEND_EVERY_MS) continue;
    yield encoder.encode(lines);
    lines = "";
    sentMs = performance.now();
  }
  yield encoder.encode(`${lines}${JSON.stringify({ isCut: count > MOST_HITS })}\n`);
}

const encoder = new TextEncoder();
