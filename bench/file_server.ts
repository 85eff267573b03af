/**
 * A web server on loopback that answers Range requests for one file, and counts.
 * @module
 */

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server, and what was asked of it. */
export interface FileServer extends AsyncDisposable {
  readonly url: string;
  countRequests: number;
  countBytes: number;
}

/** Serves `path` under any path. */
export async function serveFile(path: string): Promise<FileServer> {
  const { size, mtimeMs } = statSync(path);
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(first ?? 0);
    const end = Math.min(Number(last ?? size), size - 1);
    counts.countRequests++;
    counts.countBytes += end - start + 1;
    response.writeHead(206, {
      etag: `"${size}-${mtimeMs}"`,
      "content-range": `bytes ${start}-${end}/${size}`,
      "content-length": end - start + 1,
    });
    createReadStream(path, { start, end, highWaterMark: 1 << 20 }).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const counts: FileServer = {
    url: `http://127.0.0.1:${port}/x.img`,
    countRequests: 0,
    countBytes: 0,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
  return counts;
}
