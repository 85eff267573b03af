/**
 * Ranges of a file on a web server (RFC 9110, section 14).
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import { connectionError, proxyError } from "./connection_error.ts";
import { statusError } from "./http_status.ts";
import { OutsideFileError, type RangeReply, type RangeServer, TransientError } from "./ranges.ts";
import { shownLocation } from "./location.ts";
import { type Address, parseAddress } from "./url_address.ts";

const MAX_REDIRECTS = 10;

/** A file on a web server. @throws EnvironmentError when `text` is not a URL. */
export function httpServer(text: string): RangeServer {
  return new HttpServer(parseAddress(text));
}

class HttpServer implements RangeServer {
  readonly shownName: string;
  readonly #address: Address;
  /** Where redirects led; later requests go there at once. */
  #place: URL | undefined;

  constructor(address: Address) {
    this.#address = address;
    this.shownName = shownLocation(address.url.href);
  }

  async request(startBytes: number, endBytes: number, signal: AbortSignal): Promise<RangeReply> {
    const range = `bytes=${startBytes}-${endBytes - 1}`;
    let response = await this.#follow(this.#place ?? this.#address.url, range, signal);
    // What redirects lead to is often valid for some minutes only.
    if (this.#place !== undefined && response.status >= 400 && response.status < 500) {
      await discard(response);
      response = await this.#follow(this.#address.url, range, signal);
    }
    try {
      return this.#replyOf(response, startBytes);
    } catch (error) {
      await discard(response);
      throw error;
    }
  }

  close(): void {}

  async #follow(start: URL, range: string, signal: AbortSignal): Promise<Response> {
    let url = start;
    for (let count = 0; count <= MAX_REDIRECTS; count++) {
      const response = await this.#fetch(url, range, signal);
      const location = response.headers.get("location");
      const isRedirect = response.status >= 301 && response.status <= 308 && location !== null &&
        response.status !== 304;
      if (!isRedirect) {
        this.#place = url.href === this.#address.url.href ? undefined : url;
        return response;
      }
      await discard(response);
      url = this.#nextPlace(url, location);
    }
    throw new EnvironmentError(
      `cannot read ${this.shownName}: it redirects more than ${MAX_REDIRECTS} times. Check the URL.`,
      "redirects",
    );
  }

  #nextPlace(from: URL, location: string): URL {
    const to = URL.parse(location, from);
    const isSafe = to?.protocol === "https:" ||
      (to?.protocol === "http:" && from.protocol === "http:");
    if (to !== null && isSafe) {
      to.username = to.password = to.hash = "";
      return to;
    }
    throw new EnvironmentError(
      `cannot read ${this.shownName}: it redirects to ` +
        `${to === null ? "what is not a URL" : `an address of ${to.protocol.replace(":", "")}`}, ` +
        "which is not followed. Name the image's own URL.",
      "redirects",
    );
  }

  async #fetch(url: URL, range: string, signal: AbortSignal): Promise<Response> {
    const { authorization, url: own } = this.#address;
    const isOwn = url.origin === own.origin;
    try {
      return await fetch(url, {
        headers: {
          range,
          "accept-encoding": "identity",
          "user-agent": "icecore",
          // A password is for the server it was given for.
          ...(authorization !== undefined && isOwn ? { authorization } : {}),
        },
        redirect: "manual",
        signal,
      });
    } catch (error) {
      throw signal.aborted ? error : await connectionError(this.shownName, error, url);
    }
  }

  #replyOf(response: Response, startBytes: number): RangeReply {
    const { status, headers, body } = response;
    const contentRange = headers.get("content-range") ?? "";
    if (status === 416) throw new OutsideFileError();
    if (status === 407) {
      throw proxyError(this.shownName, new URL(response.url || this.#address.url));
    }
    if (status === 200) throw this.#ignoresRange();
    if (status !== 206) throw statusError(this.shownName, status, headers.get("retry-after"));
    const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(contentRange);
    const isSized = Number.isSafeInteger(Number(match?.[2]));
    if (match === null || body === null || !isSized) throw this.#ignoresRange();
    if (Number(match[1]) !== startBytes) {
      throw new TransientError("the server sent another range than it was asked for");
    }
    const etag = headers.get("etag");
    const lastModified = headers.get("last-modified");
    return {
      totalBytes: Number(match[2]),
      version: {
        ...(etag === null ? {} : { etag }),
        ...(lastModified === null ? {} : { lastModified }),
      },
      body,
    };
  }

  #ignoresRange(): EnvironmentError {
    return new EnvironmentError(
      `cannot read ${this.shownName} in place: the server ignores ranges and would send the whole ` +
        "file each time. Download the image, or put it on a server that answers Range requests.",
      "no-ranges",
    );
  }
}

async function discard({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => {});
}
