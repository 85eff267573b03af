/**
 * A store that images are sent to: `s3rver`, in which requests can be made to fail.
 *
 * Three operations that `s3rver` does not know are added on its own files (abort, list uploads,
 * list parts), and, where asked for, two conditions it ignores: `If-None-Match` and
 * `x-amz-checksum-sha256`.
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import type { IncomingMessage } from "node:http";
import { makeS3rver, type Middleware, type Request } from "../../support/servers/s3rver.ts";

/** What may happen to a request, by its number among those of its kind, from 1 on. */
export type Fault = (request: Request, part: number, count: number) => Outcome | undefined;
/**
 * A status and a code to answer with, or a body instead of the work; the connection cut, before or
 * after the work; or the object cut short after it.
 */
export type Outcome =
  | { readonly status: number; readonly code: string }
  | { readonly answer: string }
  | "cut"
  | "cut afterwards"
  | "shorten";

/** How the store is. */
export interface StoreOptions {
  /** Whether it checks and confirms SHA-256, and `If-None-Match`. */
  readonly modern?: boolean;
  readonly fault?: Fault;
}

/** A store with one bucket, `vault`. */
export interface FaultyStore extends AsyncDisposable {
  readonly endpoint: string;
  /** Requests so far: `PUT part`, `POST begin`, `POST complete`, `PUT`, `DELETE upload`, … */
  readonly requests: readonly string[];
  /** The bytes of an object; `undefined` when there is none. */
  object(key: string): Uint8Array | undefined;
  /** Keys of all objects. */
  keys(): string[];
  /** Uploads that cost money: neither completed nor aborted. */
  unfinished(): string[];
  /** Ends the server at once, in the middle of whatever it does. */
  die(): Promise<void>;
}

/** Starts a store in a folder. */
export async function faultyStore(
  folder: string,
  options: StoreOptions = {},
): Promise<FaultyStore> {
  const directory = `${folder}/s3`;
  mkdirSync(directory, { recursive: true });
  const server = await makeS3rver(directory);
  const requests: string[] = [];
  const files = new Files(`${directory}/vault`);
  server.middleware.unshift(failing(requests, files, options), missingOperations(files));
  if (options.modern === true) server.middleware.splice(2, 0, conditions(files));
  const { port } = await server.run();
  let isDead = false;
  const die = async () => {
    if (isDead) return;
    isDead = true;
    const closed = server.close();
    server.httpServer.closeAllConnections();
    await closed;
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    object: (key) => files.object(key),
    keys: () => files.keys(),
    unfinished: () => files.uploads(),
    die,
    [Symbol.asyncDispose]: die,
  };
}

/** The files in which `s3rver` keeps a bucket. */
class Files {
  constructor(private readonly bucket: string) {}

  object(key: string): Uint8Array | undefined {
    const path = `${this.bucket}/${key}._S3rver_object`;
    return existsSync(path) ? Uint8Array.from(readFileSync(path)) : undefined;
  }

  /** Takes an object's last byte. */
  shorten(key: string): void {
    const path = `${this.bucket}/${key}._S3rver_object`;
    truncateSync(path, statSync(path).size - 1);
  }

  keys(): string[] {
    return (readdirSync(this.bucket, { recursive: true }) as string[])
      .filter((name) => name.endsWith("._S3rver_object"))
      .map((name) => name.replace("._S3rver_object", "")).sort();
  }

  uploads(): string[] {
    return existsSync(this.#uploads) ? readdirSync(this.#uploads) : [];
  }

  upload(id: string): string {
    return `${this.#uploads}/${id}`;
  }

  get #uploads(): string {
    return `${this.bucket}/._S3rver_uploads`;
  }
}

function kindOf({ method, query }: Request): string {
  if (query["partNumber"] !== undefined) return `${method} part`;
  if (query["uploads"] !== undefined) return method === "POST" ? "POST begin" : "GET uploads";
  if (query["uploadId"] === undefined) return method;
  return method === "POST" ? "POST complete" : `${method} upload`;
}

function failing(requests: string[], files: Files, { fault }: StoreOptions): Middleware {
  return async (request, next) => {
    const kind = kindOf(request);
    requests.push(kind);
    const count = requests.filter((each) => each === kind).length;
    const outcome = fault?.(request, Number(request.query["partNumber"] ?? 0), count);
    if (outcome === undefined) return await next();
    if (outcome === "cut afterwards" || outcome === "shorten") await next();
    if (outcome === "shorten") return files.shorten(keyOf(request));
    if (typeof outcome === "object" && "answer" in outcome) return xml(request, outcome.answer);
    if (typeof outcome === "object") return answer(request, outcome.status, outcome.code);
    request.respond = false;
    request.req.socket.destroy();
  };
}

function xml(request: Request, body: string): void {
  request.req.resume();
  request.status = 200;
  request.set("Content-Type", "application/xml");
  request.body = body;
}

function keyOf({ path }: Request): string {
  return decodeURIComponent(path).replace("/vault/", "");
}

function answer(request: Request, status: number, code: string): void {
  request.req.resume();
  request.status = status;
  request.set("Content-Type", "application/xml");
  request.body = `<Error><Code>${code}</Code><Message>as the test asked for</Message></Error>`;
}

function missingOperations(files: Files): Middleware {
  return (request, next) => {
    const { uploadId } = request.query;
    const kind = kindOf(request);
    if (!["DELETE upload", "GET upload", "GET uploads"].includes(kind)) return next();
    if (kind === "GET uploads") return xml(request, listUploads(files));
    const folder = files.upload(uploadId!);
    if (!existsSync(folder)) return answer(request, 404, "NoSuchUpload");
    if (kind === "GET upload") return xml(request, listParts(folder));
    rmSync(folder, { recursive: true });
    request.status = 204;
  };
}

function listUploads(files: Files): string {
  const uploads = files.uploads().map((id) => {
    const key = readFileSync(`${files.upload(id)}/key`, "utf8");
    const when = statSync(files.upload(id)).mtime.toISOString();
    return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${when}</Initiated>` +
      "</Upload>";
  });
  return `<ListMultipartUploadsResult>${uploads.join("")}</ListMultipartUploadsResult>`;
}

function listParts(folder: string): string {
  const parts = readdirSync(folder).filter((name) => /^\d+$/.test(name)).map((number) => {
    const md5 = createHash("md5").update(readFileSync(`${folder}/${number}`)).digest("hex");
    const { size } = statSync(`${folder}/${number}`);
    return `<Part><PartNumber>${number}</PartNumber><ETag>"${md5}"</ETag><Size>${size}</Size></Part>`;
  });
  return `<ListPartsResult>${parts.join("")}</ListPartsResult>`;
}

function conditions(files: Files): Middleware {
  return async (request, next) => {
    const key = keyOf(request);
    if (request.get("If-None-Match") === "*" && files.object(key) !== undefined) {
      return answer(request, 412, "PreconditionFailed");
    }
    const expected = request.get("x-amz-checksum-sha256");
    const hash = hashOf(request.req);
    await next();
    if (expected === "" || request.status !== 200) return;
    const digest = hash.digest("base64");
    if (digest !== expected) return answer(request, 400, "BadDigest");
    request.set("x-amz-checksum-sha256", digest);
  };
}

/** Hashes a body as soon as somebody reads it: `s3rver` answers before its file is written. */
function hashOf(body: IncomingMessage): Hash {
  const hash = createHash("sha256");
  const pipe = body.pipe.bind(body);
  body.pipe = ((target: NodeJS.WritableStream) => {
    body.on("data", (bytes: Uint8Array) => void hash.update(bytes));
    return pipe(target);
  }) as typeof body.pipe;
  return hash;
}
