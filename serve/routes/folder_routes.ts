/**
 * Folders: their pages, and windows into them for the page's script.
 * @module
 */

import type { Context } from "hono";
import { printable } from "icecore/plugin";
import { pageHeaders } from "../access/safe_headers.ts";
import type { View } from "../pages/entry_html.ts";
import { folderPage, PAGE_ROWS } from "../pages/folder_page.ts";
import { imageFoot } from "../pages/image_foot.ts";
import { pageResponse } from "../pages/layout.ts";
import { type Row, rowOf } from "../pages/row.ts";
import type { FolderListing } from "../tree/folder_listing.ts";
import type { Found } from "../tree/shelf.ts";
import { type SortOrder, sortOrder } from "../tree/sort_order.ts";
import { pathBelow } from "../tree/url_path.ts";
import { redirect } from "./redirect.ts";
import { searchResults } from "./search_route.ts";
import { isSamePath, type Site } from "./site.ts";
import type { Wanted } from "./wanted.ts";

/** Rows that a script may have at a time. */
const MOST_ROWS = 1000;

/** The page of a folder; of a file the way to its own; with words to look for, what they find. */
export async function browse(site: Site, { path, place, c }: Wanted): Promise<Response> {
  const query = c.req.query("search")?.trim() ?? "";
  if (place === undefined) {
    return query === "" ? shelfPage(site) : await searchResults(site, { path, c, query });
  }
  const found = await site.find(place);
  const { addresses } = site;
  const real = site.shelf.pathOf(found);
  if (found.stat.kind !== "folder") return redirect(addresses.of("look", real));
  if (!isSamePath(found.path, place.path)) return redirect(addresses.of("browse", real));
  if (query !== "") return await searchResults(site, { path, place, c, query });
  return await folderResponse(site, found, path, c);
}

/** Rows `from` up to `to` of a folder. */
export async function list(site: Site, { path, place, c }: Wanted): Promise<Response> {
  const [from, to] = [numberIn(c, "from"), numberIn(c, "to")];
  const end = Math.min(to, from + MOST_ROWS);
  if (place === undefined) {
    const rows = shelfRows(site);
    return jsonResponse({ count: rows.length, from, rows: rows.slice(from, end) });
  }
  const found = await site.find(place);
  const listing = await site.listing(found);
  const rows = rowsOf(listing, path, orderIn(c), from, end);
  return jsonResponse({ count: listing.count, from, rows });
}

/** An answer for the script. */
export function jsonResponse(value: unknown): Response {
  const headers = { ...pageHeaders, "content-type": "application/json; charset=utf-8" };
  return new Response(JSON.stringify(value), { headers });
}

async function folderResponse(
  site: Site,
  found: Found,
  path: Uint8Array,
  c: Context,
): Promise<Response> {
  const listing = await site.listing(found);
  const order = orderIn(c);
  const from = Math.min(numberIn(c, "from"), Math.max(0, listing.count - 1));
  return pageResponse(
    site.addresses,
    folderPage({
      addresses: site.addresses,
      rootName: site.rootName,
      path,
      title: printable(site.nameOf(found)),
      rows: rowsOf(listing, path, order, from, from + PAGE_ROWS),
      from,
      count: listing.count,
      filesBytes: listing.filesBytes,
      order,
      view: viewIn(c) ?? (listing.isGallery ? "grid" : "list"),
      isInImage: true,
      foot: imageFoot(found.image),
    }),
  );
}

function rowsOf(
  listing: FolderListing,
  folder: Uint8Array,
  order: SortOrder,
  from: number,
  to: number,
): Row[] {
  return listing.slice(order, from, to).map((entry) => rowOf(entry, pathBelow(folder, entry.name)));
}

function shelfPage(site: Site): Response {
  const rows = shelfRows(site);
  return pageResponse(
    site.addresses,
    folderPage({
      addresses: site.addresses,
      rootName: site.rootName,
      path: new Uint8Array(),
      title: site.rootName,
      rows,
      from: 0,
      count: rows.length,
      filesBytes: 0,
      order: sortOrder(undefined, undefined),
      view: "list",
      isInImage: false,
      foot: undefined,
    }),
  );
}

function shelfRows(site: Site): Row[] {
  return site.shelf.images.map(({ name, reader }) => {
    const { madeSeconds } = reader.info;
    const source = { name, kind: "folder", sizeBytes: 0, mtimeSeconds: madeSeconds } as const;
    return { ...rowOf(source, name), icon: "image" };
  });
}

function orderIn(c: Context): SortOrder {
  return sortOrder(c.req.query("sort"), c.req.query("direction"));
}

function viewIn(c: Context): View | undefined {
  const view = c.req.query("view");
  return view === "grid" || view === "list" ? view : undefined;
}

function numberIn(c: Context, name: string): number {
  const text = c.req.query(name) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
