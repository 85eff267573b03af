/**
 * Names and passwords of URLs among the arguments and in the environment, kept out of all that is
 * printed: a message may quote them where no URL can be recognized any more.
 * @module
 */

import process from "node:process";
import { printable } from "../../host/libc/paths.ts";

/** Variables whose value may be a URL with a password. */
const VARIABLES = /proxy$|^AWS_ENDPOINT_URL/i;

/** Text in which nothing is left of a URL's name and password that were given. */
export function withoutTypedSecrets(
  text: string,
  given: readonly string[] = [...process.argv, ...variables()],
): string {
  return given.flatMap(secretsOf).flatMap(formsOf)
    .reduce((shown, secret) => shown.replaceAll(`/${secret}@`, "/"), text);
}

function variables(): string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    VARIABLES.test(name) && value !== undefined ? [value] : []
  );
}

/** What stands between the slashes of a URL and its host. */
function secretsOf(argument: string): string[] {
  const behind = /[a-z][a-z0-9+.-]*:\/+(.*)$/is.exec(argument)?.[1];
  if (behind === undefined || !behind.includes("@")) return [];
  const [authority = ""] = /^[^/?#]*/.exec(behind)!;
  const at = authority.includes("@") ? authority.lastIndexOf("@") : behind.lastIndexOf("@");
  const secret = behind.slice(0, at);
  return secret.includes(":") ? [secret] : [];
}

/** A secret as a path and as a message have it. */
function formsOf(secret: string): string[] {
  const asPath = secret.replace(/\/+/g, "/");
  const plain = [secret, asPath];
  return [...new Set([...plain, ...plain.map(printable), ...plain.map(quoted)])];
}

function quoted(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}
