/**
 * Answers of a server that are not rangess of a file, each with its own message.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import { TransientError } from "./ranges.ts";

const MAY_PASS = [408, 425, 429, 500, 502, 503, 504];

/**
 * The error of a status; `TransientError` where asking again may help.
 *
 * @param more What the server calls it, in brackets.
 */
export function statusError(
  shownName: string,
  status: number,
  retryAfter: string | null | undefined,
  more = "",
): Error {
  if (MAY_PASS.includes(status)) {
    return new TransientError(`the server answered ${status}${more}`, retryAfterMs(retryAfter));
  }
  const [why, code] = REASONS[status] ??
    [`the server answered ${status}. Check the URL.`, "unreachable"];
  const reason = why.replace(/\. /, `${more}. `);
  return new EnvironmentError(`cannot read ${shownName}: ${reason}`, code);
}

const GONE = ["there is no such file on the server. Check the address.", "url-not-found"] as const;

const REASONS: Readonly<Record<number, readonly [why: string, code: string]>> = {
  401: [
    "the server wants a name and a password. Put them before the host: https://NAME:PASSWORD@HOST/…",
    "url-forbidden",
  ],
  403: [
    "the server does not allow it. Ask for access; a signed address may have expired.",
    "url-forbidden",
  ],
  404: GONE,
  410: GONE,
};

/** Seconds or a date; what is neither is as good as nothing. */
function retryAfterMs(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
