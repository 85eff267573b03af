/**
 * From an address to an answer.
 * @module
 */

import { type Context, Hono } from "hono";
import { CorruptImageError, PathError, UnsupportedFeatureError } from "icecore/read";
import { messageOf } from "icecore/plugin";
import { type Access, type Refusal, refusalOf } from "../access/guard.ts";
import { pageHeaders } from "../access/safe_headers.ts";
import { SlowRefusals } from "../access/slow_refusals.ts";
import { BusyError } from "../http/slots.ts";
import type { Part } from "../pages/addresses.ts";
import { messageResponse } from "../pages/message_page.ts";
import { decodePath } from "../tree/url_path.ts";
import { tar, zip } from "./archive_routes.ts";
import { assetResponse } from "./asset_route.ts";
import { info, look, preview, raw, thumb } from "./file_routes.ts";
import { browse, list } from "./folder_routes.ts";
import { redirect } from "./redirect.ts";
import { streamSearch } from "./search_route.ts";
import type { Site } from "./site.ts";
import type { Wanted } from "./wanted.ts";

/** What makes answers. */
export type Handler = (request: Request) => Promise<Response>;

type Answer = (site: Site, wanted: Wanted) => Promise<Response>;

const ANSWERS: Readonly<Record<Part, Answer>> = {
  browse,
  look,
  raw,
  thumb,
  preview,
  tar,
  zip,
  list,
  search: streamSearch,
  info,
};

/** Those that people see; the others are for scripts and programs. */
const PAGES: readonly string[] = ["browse", "look"];

/** @param onProblem Receives what went wrong and nobody expected. */
export function createApp(
  site: Site,
  access: Access,
  onProblem: (message: string) => void,
): Handler {
  const { base } = site.addresses;
  const slowly = new SlowRefusals();
  // Paths are bytes, and may be no text at all: they are decoded here, not before.
  const app = new Hono({ getPath: (request) => new URL(request.url).pathname });
  app.use(async (c, next) => {
    const refusal = refusalOf(access, c.req.raw);
    if (refusal === undefined) return await next();
    const isWrongPassword = refusal.status === 401 && c.req.header("authorization") !== undefined;
    if (isWrongPassword && !await slowly.wait()) return busy();
    return refused(refusal);
  });
  const first = () => redirect(site.addresses.of("browse", new Uint8Array()));
  app.get(base === "" ? "/" : base, first);
  if (base !== "") app.get(`${base}/`, first);
  for (const [part, answer] of Object.entries(ANSWERS)) {
    const prefix = `${base}/${part}/`;
    app.get(`${prefix}*`, async (c) => {
      const path = decodePath(c.req.path.slice(prefix.length));
      if (path === undefined) {
        return failed(site, part, 400, "This server has no such address.");
      }
      const place = site.shelf.placeOf(path);
      const isRoot = path.length === 0 && site.shelf.hasSeveral;
      if (place === undefined && !isRoot) return missing(site, part);
      try {
        return await answered(site, answer, { path, place, c });
      } catch (error) {
        return failureOf(site, part, c, error, onProblem);
      }
    });
  }
  app.get(
    `${base}/assets/:name`,
    (c) =>
      assetResponse(c.req.param("name"), c.req.header("if-none-match")) ?? missing(site, "assets"),
  );
  app.notFound(() => missing(site, "browse"));
  app.onError((error) => {
    onProblem(messageOf(error));
    return failed(site, "browse", 500, "Something went wrong here; the server has printed what.");
  });
  return async (request) => await app.fetch(request);
}

/** Where something broken is met for the first time, an image is read so that the rest can be had. */
async function answered(site: Site, answer: Answer, wanted: Wanted): Promise<Response> {
  const image = wanted.place?.image;
  const wasSalvaged = image?.isSalvaged === true;
  try {
    return await answer(site, wanted);
  } catch (error) {
    const canGoOn = error instanceof CorruptImageError && image !== undefined && !wasSalvaged;
    if (!canGoOn || !await image.salvage()) throw error;
    return await answer(site, wanted);
  }
}

function failureOf(
  site: Site,
  part: string,
  c: Context,
  error: unknown,
  onProblem: (message: string) => void,
): Response {
  // Nobody reads the answer any more.
  if (c.req.raw.signal.aborted) return new Response(null, { status: 503, headers: pageHeaders });
  if (error instanceof BusyError) return busy();
  if (error instanceof PathError) return missing(site, part);
  onProblem(messageOf(error));
  if (error instanceof CorruptImageError) {
    return failed(site, part, 500, `The image is damaged here: ${error.message}`);
  }
  if (error instanceof UnsupportedFeatureError) return failed(site, part, 501, error.message);
  return failed(site, part, 502, `It cannot be read: ${messageOf(error)}`);
}

function missing(site: Site, part: string): Response {
  return failed(
    site,
    part,
    404,
    "There is nothing of that name in the image. A symbolic link may lead out of it, or to what was " +
      "not stored.",
  );
}

function failed(site: Site, part: string, status: number, message: string): Response {
  if (!PAGES.includes(part)) return plain(status, message);
  const title = status === 404 ? "Nothing here" : "Cannot show this";
  return messageResponse(site.addresses, status, title, message);
}

function busy(): Response {
  return plain(503, "Too much was asked for at once. Try again in a moment.", {
    "retry-after": "2",
  });
}

/** To whoever has not been let in nothing is said of what there is. */
function refused({ status, message, headers = {} }: Refusal): Response {
  return plain(status, message, headers);
}

function plain(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...pageHeaders, "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
