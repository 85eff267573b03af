/**
 * A real web server on loopback that answers Range requests, or misbehaves as it is asked to.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does instead of a proper answer. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | { readonly cutAfterBytes: number }
  | { readonly stall: "before-head" | "in-body" }
  | { readonly redirect: string }
  | { readonly trickleEveryMs: number }
  | "ignore-range"
  | "shifted-range";

/** A request as it came. */
export interface Seen {
  /** Counted from 1. */
  readonly number: number;
  readonly path: string;
  readonly startBytes: number;
  readonly endBytes: number;
  readonly authorization: string | undefined;
}

/** A server with one file, at any path. */
export interface RangeServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/image` */
  readonly url: string;
  readonly port: number;
  readonly requests: Seen[];
  /** Bytes of bodies sent. */
  readonly countBytes: number;
  /** May be replaced at any time. */
  file: { readonly bytes: Uint8Array; readonly headers: Record<string, string> };
  /** Asked for each request. */
  fault: (request: Seen) => Fault | undefined;
}

/** Starts a server; `await using` stops it. */
export async function rangeServer(
  bytes: Uint8Array,
  headers: Record<string, string> = { etag: '"first"' },
): Promise<RangeServer> {
  let countBytes = 0;
  const server = createServer((request, response) => {
    const seen = seenOf(request, state.requests.length + 1, state.file.bytes.length);
    state.requests.push(seen);
    const fault = state.fault(seen);
    if (fault === undefined) countBytes += answer(response, state.file, seen);
    else misbehave(response, state.file, seen, fault);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const state: RangeServer = {
    url: `http://127.0.0.1:${port}/image`,
    port,
    requests: [],
    get countBytes() {
      return countBytes;
    },
    file: { bytes, headers },
    fault: () => undefined,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
  return state;
}

function seenOf(request: IncomingMessage, number: number, size: number): Seen {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  return {
    number,
    path: request.url ?? "",
    startBytes: Number(match?.[1] ?? 0),
    endBytes: match === null ? size : Math.min(Number(match[2]) + 1, size),
    authorization: request.headers.authorization,
  };
}

function answer(response: ServerResponse, file: RangeServer["file"], seen: Seen): number {
  const { startBytes, endBytes } = seen;
  if (startBytes >= file.bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${file.bytes.length}` }).end();
    return 0;
  }
  response.writeHead(206, headOf(file, startBytes, endBytes));
  response.end(file.bytes.subarray(startBytes, endBytes));
  return endBytes - startBytes;
}

function headOf({ bytes, headers }: RangeServer["file"], start: number, end: number) {
  return {
    ...headers,
    "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
    "content-length": `${end - start}`,
  };
}

function misbehave(
  response: ServerResponse,
  file: RangeServer["file"],
  seen: Seen,
  fault: Fault,
): void {
  const { startBytes, endBytes } = seen;
  if (fault === "ignore-range") {
    response.writeHead(200, { ...file.headers, "content-length": `${file.bytes.length}` });
    response.end(file.bytes);
  } else if (fault === "shifted-range") {
    response.writeHead(206, headOf(file, startBytes + 1, endBytes));
    response.end(file.bytes.subarray(startBytes + 1, endBytes));
  } else if ("status" in fault) {
    response.writeHead(fault.status, fault.headers).end("never mind");
  } else if ("trickleEveryMs" in fault) {
    response.writeHead(206, headOf(file, startBytes, endBytes));
    const bytes = file.bytes.subarray(startBytes, endBytes);
    let done = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(done, ++done));
    }, fault.trickleEveryMs);
    response.on("close", () => clearInterval(timer));
  } else if ("redirect" in fault) {
    response.writeHead(302, { location: fault.redirect }).end();
  } else if ("cutAfterBytes" in fault) {
    response.writeHead(206, headOf(file, startBytes, endBytes));
    const part = file.bytes.subarray(startBytes, startBytes + fault.cutAfterBytes);
    response.write(part, () => setTimeout(() => response.destroy(), 20));
  } else if (fault.stall === "in-body") {
    response.writeHead(206, headOf(file, startBytes, endBytes));
    response.write(file.bytes.subarray(startBytes, startBytes + 10));
  }
}
