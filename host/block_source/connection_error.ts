/**
 * The error of a server that gave no answer at all.
 * @module
 */

import process from "node:process";
import {
  connectionFailure,
  NO_NAME,
  NO_SERVER,
  proxyAuthentication,
  wordsOf,
} from "../connection/connection_failure.ts";
import { proxyFor } from "../connection/proxies.ts";
import { EnvironmentError } from "../environment_error.ts";
import { NoServerError, TransientError } from "./ranges.ts";

/**
 * The error of a connection that failed. The runtime's own words are not repeated: they name the
 * URL with all its secrets.
 */
export async function connectionError(
  shownName: string,
  error: unknown,
  url: URL,
): Promise<Error> {
  const failure = await connectionFailure(url, error);
  if (failure !== undefined) {
    const { why, advice, code } = failure;
    return new EnvironmentError(`cannot read ${shownName}: ${why}. ${advice}`, code);
  }
  const known = REASONS.find(([words]) => words.test(wordsOf(error)));
  return known === undefined
    ? new TransientError("the connection failed")
    : new NoServerError(known[1]);
}

/** The error of status 407; a server that sends it without a proxy is not named one. */
export function proxyError(shownName: string, url: URL): EnvironmentError {
  const proxy = proxyFor(url, process.env);
  const { why, advice, code } = proxyAuthentication(
    proxy ?? { shown: "on the way", variable: "HTTPS_PROXY" },
  );
  return new EnvironmentError(`cannot read ${shownName}: ${why}. ${advice}`, code);
}

const REASONS: readonly (readonly [words: RegExp, why: string])[] = [
  [NO_SERVER, "the server refuses connections"],
  [NO_NAME, "the name of the server is not known"],
];
