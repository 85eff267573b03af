/**
 * Who is let in: whoever has the token or the password, under a name of this server, from no other
 * page, to read.
 * @module
 */

import type { AllowedHosts } from "./hosts.ts";
import { isSameSecret, passwordOf } from "./secrets.ts";

/** What lets in. */
export interface Access {
  readonly hosts: AllowedHosts;
  /** The first name of every address; `undefined` where a password lets in. */
  readonly token: string | undefined;
  readonly password: string | undefined;
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 421;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns `undefined` for what is let in */
export function refusalOf(access: Access, request: Request): Refusal | undefined {
  const header = (name: string) => request.headers.get(name) ?? undefined;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { status: 405, message: "An image can only be read.", headers: { allow: "GET, HEAD" } };
  }
  const host = header("host");
  if (!access.hosts.allows(host)) {
    return { status: 421, message: "This server is not known under the name it was asked by." };
  }
  if (isFromElsewhere(header("origin"), host!) || isForeign(header)) {
    return { status: 403, message: "Another page may not read what is served here." };
  }
  const { token, password } = access;
  if (password !== undefined) {
    const given = passwordOf(header("authorization"));
    if (given !== undefined && isSameSecret(given, password)) return undefined;
    return {
      status: 401,
      message: "The password is missing or wrong.",
      headers: { "www-authenticate": 'Basic realm="icecore", charset="UTF-8"' },
    };
  }
  const first = new URL(request.url).pathname.split("/")[1] ?? "";
  if (token !== undefined && isSameSecret(first, token)) return undefined;
  return {
    status: 403,
    message: "This address is not complete. Use the whole address that was printed.",
  };
}

/** A page elsewhere that reads by script names itself. */
function isFromElsewhere(origin: string | undefined, host: string): boolean {
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

/** Pictures, scripts and frames of a page elsewhere; a link there may lead here. */
function isForeign(header: (name: string) => string | undefined): boolean {
  const site = header("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return false;
  return header("sec-fetch-mode") !== "navigate" || header("sec-fetch-dest") !== "document";
}
