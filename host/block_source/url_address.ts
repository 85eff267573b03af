/**
 * The address of an image on a web server, its secrets kept apart.
 * @module
 */

import { Buffer } from "node:buffer";
import { EnvironmentError } from "../environment_error.ts";
import { printable } from "../libc/paths.ts";

/** A URL without name and password, and the header they became. */
export interface Address {
  readonly url: URL;
  readonly authorization?: string;
}

/** Takes a URL apart. @throws EnvironmentError when it is none. */
export function parseAddress(text: string): Address {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") {
    throw new EnvironmentError(
      `cannot read ${withoutSecrets(text)}: it is not a URL. Write it as https://HOST/PATH.`,
      "bad-url",
    );
  }
  const { username, password } = url;
  url.username = url.password = url.hash = "";
  if (username === "" && password === "") return { url };
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { url, authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Text without percent signs' escapes; a lone `%` is one. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A URL for messages: a signature in its query is a secret, too. */
export function shownUrl({ protocol, host, pathname, search }: URL): string {
  return printable(`${protocol}//${host}${pathname}${search === "" ? "" : "?…"}`);
}

/** The same for what is no URL: rather too little is shown than a part of a password. */
export function withoutSecrets(text: string): string {
  return printable(text.replace(/\/\/.*@/s, "//").replace(/\?.*$/s, "?…"));
}
