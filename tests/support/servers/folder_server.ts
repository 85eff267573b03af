/**
 * A web server with the files of a folder, which answers Range requests.
 * @module
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A running server. */
export interface FolderServer extends AsyncDisposable {
  /** Of the folder, with a slash at its end. */
  readonly url: string;
  /** The requests so far: the name, and the range that was asked for. */
  readonly requests: string[];
}

/** Starts a server; `await using` stops it. */
export async function folderServer(folder: string): Promise<FolderServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "").slice(1));
    const range = request.headers.range ?? "";
    requests.push(`${name} ${range}`);
    answer(response, join(folder, name), range);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, path: string, range: string): void {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    response.writeHead(404).end();
    return;
  }
  const { size, mtimeMs } = fstatSync(fd);
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  const start = Number(match?.[1] ?? 0);
  const end = Math.min(Number(match?.[2] ?? size - 1) + 1, size);
  if (start >= size) response.writeHead(416, { "content-range": `bytes */${size}` }).end();
  else {
    const bytes = new Uint8Array(end - start);
    readSync(fd, bytes, 0, bytes.length, start);
    response.writeHead(206, {
      etag: `"${mtimeMs}"`,
      "content-range": `bytes ${start}-${end - 1}/${size}`,
      "content-length": `${bytes.length}`,
    });
    response.end(bytes);
  }
  closeSync(fd);
}
