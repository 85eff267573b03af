/**
 * Serves images as pages to browse them in place.
 * @module
 */

import { messageOf } from "icecore/plugin";
import { AllowedHosts, isLoopback, isWildcard, urlHost } from "./access/hosts.ts";
import { newToken } from "./access/secrets.ts";
import { type HttpServerOptions, listen } from "./http/http_server.ts";
import { Addresses } from "./pages/addresses.ts";
import { createApp } from "./routes/app.ts";
import { Site } from "./routes/site.ts";
import { type NamedImage, Shelf } from "./tree/shelf.ts";

/** How images are served. */
export interface ServeOptions {
  /** The address to listen at; default 127.0.0.1, which nobody else reaches. */
  readonly host?: string;
  /** Default: any that is free. */
  readonly port?: number;
  /** Lets in instead of a token in the address; beyond loopback there must be one. */
  readonly password?: string;
  /** Further names under which the server may be addressed, such as that of a proxy in front. */
  readonly hostNames?: readonly string[];
  /** Receives what went wrong. */
  onProblem?(message: string): void;
  readonly limits?: HttpServerOptions["limits"];
}

/** Images that are served. */
export interface ServedImages extends AsyncDisposable {
  /** The address of the first page; whoever has it is let in, unless there is a password. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves images until it is closed; they stay the caller's, who closes them.
 *
 * @param images Each with the name that it has in the tree.
 * @throws Error beyond loopback without a password; EnvironmentError when it cannot listen there
 */
export async function serveImages(
  images: readonly NamedImage[],
  options: ServeOptions = {},
): Promise<ServedImages> {
  const { host = "127.0.0.1", port = 0, password, hostNames = [] } = options;
  if (password === undefined && !isLoopback(host)) {
    throw new Error(`cannot serve at ${host} without a password. Give one.`);
  }
  const token = password === undefined ? newToken() : undefined;
  const ended = new AbortController();
  const base = token === undefined ? "" : `/${token}`;
  const site = new Site(new Shelf(images), new Addresses(base), ended.signal);
  const onProblem = (message: string) => options.onProblem?.(message);
  const handle = createApp(
    site,
    { hosts: new AllowedHosts(host, hostNames), token, password },
    onProblem,
  );
  const server = await listen({
    host,
    port,
    handle,
    onProblem: (error) => onProblem(messageOf(error)),
    ...options.limits === undefined ? {} : { limits: options.limits },
  });
  const shown = isWildcard(host) ? "localhost" : urlHost(host);
  const close = async () => {
    ended.abort(new Error("the server has ended"));
    await server.close();
  };
  return {
    url: `http://${shown}:${server.port}${base}/`,
    port: server.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}
