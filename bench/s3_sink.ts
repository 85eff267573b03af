/**
 * A server on loopback that takes uploads as S3 does, and throws them away: what an upload costs the
 * one who sends, without the time of a store. Run as a process of its own; prints its address.
 *
 * It speaks TCP itself, because a web server's own work would also be measured.
 * @module
 */

/** Room for a request's head; bodies are read into it and forgotten. */
const BUFFER_BYTES = 2 ** 20;

interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** Serves one connection to its end. */
async function serve(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let filled = 0;
  const fill = async (): Promise<boolean> => {
    const count = await connection.read(buffer.subarray(filled));
    filled += count ?? 0;
    return count !== null;
  };
  const send = async (text: string) => {
    for (let bytes = new TextEncoder().encode(text); bytes.length > 0;) {
      bytes = bytes.subarray(await connection.write(bytes));
    }
  };
  for (;;) {
    let end: number;
    while ((end = endOfHead(buffer.subarray(0, filled))) < 0) if (!await fill()) return;
    const request = parseHead(new TextDecoder().decode(buffer.subarray(0, end)));
    if (request.headers.has("expect")) await send("HTTP/1.1 100 Continue\r\n\r\n");
    let missing = Number(request.headers.get("content-length") ?? 0) - (filled - end);
    while (missing > 0) {
      const count = await connection.read(buffer);
      if (count === null) return;
      missing -= count;
    }
    // A client waits for the answer before it sends more: nothing follows the body.
    filled = 0;
    await send(answerTo(request));
  }
}

function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at + 4;
  }
  return -1;
}

function parseHead(text: string): Request {
  const [first = "", ...lines] = text.split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = new Map(
    lines.filter((line) => line.includes(":")).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { method, target, headers };
}

/** Bytes sent under each name: all that is kept of it. */
const stored = new Map<string, number>();
/** The same of uploads that are not complete. */
const uploading = new Map<string, number>();

function answerTo({ method, target, headers }: Request): string {
  const { pathname, searchParams: query } = new URL(target, "http://sink");
  const sentBytes = Number(headers.get("content-length") ?? 0);
  // What a store says that has compared the checksum, which this one does not.
  const checksum = headers.get("x-amz-checksum-sha256");
  const confirmed = checksum === undefined ? [] : [`x-amz-checksum-sha256: ${checksum}`];
  if (method === "HEAD") {
    const sizeBytes = stored.get(pathname);
    return sizeBytes === undefined
      ? answer("404 Not Found", [])
      : answer("200 OK", ['ETag: "sink"'], "", sizeBytes);
  }
  if (method === "DELETE") {
    stored.delete(pathname);
    return answer("204 No Content", []);
  }
  if (method === "PUT") {
    const sizes = query.has("uploadId") ? uploading : stored;
    sizes.set(pathname, sentBytes + (sizes === uploading ? sizes.get(pathname) ?? 0 : 0));
    return answer("200 OK", ['ETag: "sink"', ...confirmed]);
  }
  if (query.has("uploads")) {
    uploading.delete(pathname);
    return answer("200 OK", [], result("InitiateMultipartUpload"));
  }
  if (query.has("uploadId")) {
    stored.set(pathname, uploading.get(pathname) ?? 0);
    return answer("200 OK", [], result("CompleteMultipartUpload"));
  }
  return answer("200 OK", [], "<LocationConstraint/>");
}

function result(of: string): string {
  return `<${of}Result><UploadId>1</UploadId><ETag>"sink"</ETag></${of}Result>`;
}

/** @param sizeBytes in place of the body's own, in the answer to HEAD */
function answer(
  status: string,
  headers: readonly string[],
  body = "",
  sizeBytes = body.length,
): string {
  const all = [`Content-Length: ${sizeBytes}`, "Content-Type: application/xml", ...headers];
  return [`HTTP/1.1 ${status}`, ...all, "", body].join("\r\n");
}

if (import.meta.main) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log(`http://127.0.0.1:${listener.addr.port}`);
  for await (const connection of listener) {
    serve(connection).catch((error) => console.error(error)).finally(() => {
      try {
        connection.close();
      } catch {
        // The client was first.
      }
    });
  }
}
