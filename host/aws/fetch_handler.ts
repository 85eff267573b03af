/**
 * Sends the AWS client's requests by `fetch`, which goes through proxies; the client's own way does
 * not.
 * @module
 */

import { Readable } from "node:stream";

interface Request {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly body?: unknown;
}

/** A fetch says nothing while it sends; so a whole request may take as long as this, and … */
const PATIENCE_MS = 120_000;
/** … a body has to go at this rate. */
const LEAST_BYTES_PER_MS = 8;

/** A request handler for AWS clients. Bodies are strings or bytes. */
export const fetchHandler = {
  metadata: { handlerProtocol: "http/1.1" },

  async handle(
    request: Request,
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<{ response: unknown }> {
    const body = request.body as Uint8Array<ArrayBuffer> | string | undefined;
    const hasBody = body !== undefined && body.length > 0;
    const patience = PATIENCE_MS + (body?.length ?? 0) / LEAST_BYTES_PER_MS;
    const signals = [
      ...(abortSignal === undefined ? [] : [abortSignal]),
      ...(request.method === "GET" ? [] : [AbortSignal.timeout(patience)]),
    ];
    const { status, statusText, headers, body: answer } = await fetch(urlOf(request), {
      method: request.method,
      // The runtime counts the bytes itself.
      headers: withoutKeys(request.headers, ["host", "content-length"]),
      ...(hasBody && { body }),
      // A store's answer does not lead the credentials elsewhere.
      redirect: "manual",
      signal: AbortSignal.any(signals),
    }).catch((cause) => {
      // A TypeError would be a mistake in a program, and its words name the proxy's password.
      throw new Error("the connection failed", { cause });
    });
    return {
      response: {
        statusCode: status,
        reason: statusText,
        headers: Object.fromEntries(headers),
        body: answer === null ? Readable.from([]) : Readable.fromWeb(answer as never),
      },
    };
  },

  destroy(): void {},
};

function urlOf({ protocol, hostname, port, path, query = {} }: Request): string {
  const pairs = Object.entries(query).toSorted().flatMap(([name, value]) =>
    [value].flat().map((each) =>
      each === null ? escaped(name) : `${escaped(name)}=${escaped(each)}`
    )
  );
  const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${search}`;
}

/** As the signature has it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function withoutKeys(record: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => !names.includes(name.toLowerCase())),
  );
}
