/**
 * An HTTP server that makes bounded use of memory whatever its clients do: it waits for those who
 * read slowly, and gives up those who read nothing, or send half a request.
 * @module
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvironmentError } from "icecore/read";
import { messageOf } from "icecore/plugin";
import { GarbageBound } from "../../host/garbage_bound.ts";
import { closeUnasked } from "./unasked_connections.ts";

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** How it listens. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Answers a request for GET or HEAD; its signal is aborted when nobody waits any more. */
  handle(request: Request): Promise<Response>;
  /** Receives what went wrong while an answer was sent. */
  onProblem(error: unknown): void;
  readonly limits?: Partial<Limits>;
}

/** What clients are given. */
export interface Limits {
  readonly countConnections: number;
  /** For asking for something, on a new connection or on one that is kept. */
  readonly headMs: number;
  /** For reading on, when as much was sent as the connection holds. */
  readonly stalledMs: number;
}

const LIMITS: Limits = { countConnections: 512, headMs: 15_000, stalledMs: 120_000 };
const IDLE_MS = 10_000;

/** @throws EnvironmentError when it cannot listen there */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const limits = { ...LIMITS, ...options.limits };
  const garbage = new GarbageBound();
  const server = createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
    response.on("close", garbage.begin());
    respond(options, limits, request, response).catch(options.onProblem);
  });
  server.maxConnections = limits.countConnections;
  closeUnasked(server, limits.headMs);
  const { host, port } = options;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw cannotListen(host, port, error);
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  { handle, onProblem }: HttpServerOptions,
  { stalledMs }: Limits,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort(new Error("the client has gone")));
  response.on("error", () => gone.abort(new Error("the client has gone")));
  const asked = requestOf(request, gone.signal);
  if (typeof asked === "number") {
    // A body that nobody reads would be taken for the next request.
    const headers = { ...REFUSED[asked], connection: "close", "content-type": "text/plain" };
    response.writeHead(asked, headers).end(`${TEXTS[asked]}\n`);
    return;
  }
  let answer: Response;
  try {
    answer = await handle(asked);
  } catch (error) {
    response.destroy();
    throw error;
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  const { body } = answer;
  if (body === null || request.method === "HEAD") {
    await body?.cancel();
    response.end();
    return;
  }
  const reader = body.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      if (gone.signal.aborted) return;
      if (!response.write(value)) await drained(response, gone.signal, stalledMs);
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) onProblem(error);
    // What was promised cannot be sent any more: only a connection that breaks says so.
    response.destroy();
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Waits until more can be sent. @throws Error when nothing was read for too long */
async function drained(
  response: ServerResponse,
  gone: AbortSignal,
  stalledMs: number,
): Promise<void> {
  const stalled = AbortSignal.timeout(stalledMs);
  try {
    await once(response, "drain", { signal: AbortSignal.any([gone, stalled]) });
  } catch {
    if (!gone.aborted) throw new Error(`a client has read nothing for ${stalledMs / 1000} seconds`);
  }
}

const REFUSED = { 400: {}, 405: { allow: "GET, HEAD" } } as const;
const TEXTS = {
  400: "This server has no such address.",
  405: "An image can only be read.",
} as const;

/** `.` and `..`, encoded or not: no browser sends them, and an address is never resolved here. */
const DOTS = /\/(\.|%2e){1,2}(?=[/?\\]|$)/i;

/** The request, or the status with which it is refused. */
function requestOf(request: IncomingMessage, signal: AbortSignal): Request | 400 | 405 {
  const { method = "GET", url: target = "/" } = request;
  if (method !== "GET" && method !== "HEAD") return 405;
  // A whole address would take this for a proxy.
  if (!target.startsWith("/") || DOTS.test(target.split("?")[0]!)) return 400;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return new Request(`http://icecore.invalid${target}`, { method, headers, signal });
}

function cannotListen(host: string, port: number, error: unknown): EnvironmentError {
  const { code } = error as { code?: string };
  const what = `cannot listen at ${host}, port ${port}`;
  if (code === "EADDRINUSE") {
    return new EnvironmentError(
      `${what}: another program does. Choose another port.`,
      "port-in-use",
      { cause: error },
    );
  }
  const advice = code === "EACCES"
    ? "ports below 1024 are for root. Choose another port."
    : "this machine does not have that address. Choose one that it has.";
  const why = code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND"
    ? advice
    : `${messageOf(error)}. Choose another address or port.`;
  return new EnvironmentError(`${what}: ${why}`, "cannot-listen", { cause: error });
}
