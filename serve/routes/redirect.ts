/**
 * The way to another address of this server.
 * @module
 */

import { pageHeaders } from "../access/safe_headers.ts";

/** @param location As `Addresses` makes them: nothing in it but letters, digits, `%` and the like. */
export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { ...pageHeaders, location } });
}
