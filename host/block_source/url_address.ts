/**
 * The address of an image on a web server, its secrets kept apart.
 * @module
 */

import { Buffer } from "node:buffer";
import { urlWithoutSecrets } from "../connection/location_secrets.ts";
import { EnvironmentError } from "../environment_error.ts";
import { printable } from "../libc/paths.ts";

/** A URL without name and password, and the header they became. */
export interface Address {
  readonly url: URL;
  readonly authorization?: string;
}

/** Takes a URL apart. @throws EnvironmentError when it is not a URL. */
export function parseAddress(text: string): Address {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") {
    throw new EnvironmentError(
      `cannot read ${
        printable(urlWithoutSecrets(text))
      }: it is not a URL. Write it as https://HOST/PATH.`,
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
