/**
 * Scripts and styles.
 * @module
 */

import { createHash } from "node:crypto";
import { pageHeaders } from "../access/safe_headers.ts";
import { assets } from "../assets/assets.ts";
import { isKnown } from "../http/range.ts";

/** @returns `undefined` where there is none of that name */
export function assetResponse(name: string, ifNoneMatch: string | undefined): Response | undefined {
  const asset = assets.get(name);
  if (asset === undefined) return undefined;
  const etag = `"${createHash("sha256").update(asset.text).digest("hex").slice(0, 16)}"`;
  const headers = { ...pageHeaders, "content-type": asset.type, etag };
  if (isKnown(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  return new Response(asset.text, { headers });
}
