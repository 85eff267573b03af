/**
 * Why no answer came at all, in words that are the same on every runtime.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import { NoServerError, TransientError } from "./ranges.ts";

/**
 * The error of a connection that failed. The runtime's own words are not repeated: they name the
 * URL with all its secrets.
 */
export function connectionError(shownName: string, error: unknown): Error {
  const text = wordsOf(error);
  if (/certificate|self.signed|UnknownIssuer|CERT_/i.test(text)) {
    return new EnvironmentError(
      `cannot read ${shownName}: the server's certificate is not trusted. Check the address, or ` +
        "install the certificate of its authority.",
      "bad-certificate",
    );
  }
  const known = REASONS.find(([words]) => words.test(text));
  return known === undefined
    ? new TransientError("the connection failed")
    : new NoServerError(known[1]);
}

const REASONS: readonly (readonly [words: RegExp, why: string])[] = [
  [/refused/i, "the server refuses connections"],
  [/dns|ENOTFOUND|EAI_AGAIN|getaddrinfo|resolve/i, "the name of the server is not known"],
];

function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let each = error; each instanceof Error && words.length < 8; each = each.cause) {
    words.push(each.message, String((each as { code?: unknown }).code ?? ""));
  }
  return words.join(" ");
}
