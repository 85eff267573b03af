/**
 * A real web server on loopback for the files of a folder, which answers Range requests.
 * @module
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of a folder; `await using` stops it. */
export interface FolderServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** The paths that were asked for, with the bytes that were sent for each. */
  readonly sent: Map<string, number>;
}

/** Starts one. */
export async function folderServer(folder: string): Promise<FolderServer> {
  const sent = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://x").pathname);
    let fd: number;
    try {
      fd = openSync(folder + path, "r");
    } catch {
      response.writeHead(404).end();
      return;
    }
    const { size } = fstatSync(fd);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from ?? 0);
    const end = Math.min(Number(to ?? size - 1), size - 1);
    const bytes = new Uint8Array(Math.max(0, end - start + 1));
    readSync(fd, bytes, 0, bytes.length, start);
    closeSync(fd);
    sent.set(path, (sent.get(path) ?? 0) + bytes.length);
    response.writeHead(from === undefined ? 200 : 206, {
      "content-length": bytes.length,
      etag: `"${size}"`,
      ...(from === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
    }).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    sent,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
