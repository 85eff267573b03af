/**
 * Why a server cannot be spoken to, in words that are the same on every runtime. Runtimes say of many
 * failures only that the connection ended; so the server's TLS is looked at once more.
 * @module
 */

import process from "node:process";
import type { TlsState } from "./tls_look.ts";
import { proxyFor } from "./proxies.ts";

/** A failure that does not pass by itself. */
export interface ConnectionFailure {
  /** Part of a sentence. */
  readonly why: string;
  /** What to do: a sentence. */
  readonly advice: string;
  /** A stable word for scripts. */
  readonly code: string;
}

/**
 * Explains why a request got no answer.
 *
 * @param error What the runtime threw. Its words are used to distinguish failures, and are not
 * repeated: they name the URL with all its secrets.
 * @returns `undefined` where the connection only broke, or nobody answers at that address.
 */
export async function connectionFailure(
  url: URL,
  error: unknown,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ConnectionFailure | undefined> {
  const words = wordsOf(error);
  const proxy = proxyFor(url, environment);
  if (proxy !== undefined) return proxyFailure(proxy, words) ?? failureOf(byWords(words), url);
  const state = isElsewhere(words) ? "fine" : byWords(words);
  // A runtime may call an expired certificate one of an unknown authority.
  const isSure = typeof state === "object" && state.kind === "client-certificate";
  const seen = isElsewhere(words) || isSure ? state : await lookAtServer(url);
  return failureOf(seen === "fine" ? state : seen, url);
}

/** Loaded where something failed: with it come the runtime's TLS and all that belongs to it. */
async function lookAtServer(url: URL): Promise<TlsState | "fine"> {
  const { lookAtTls } = await import("./tls_look.ts");
  return await lookAtTls(url);
}

/** All that an error and its causes say. */
export function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let each = error; each instanceof Error && words.length < 16; each = each.cause) {
    words.push(each.message, String((each as { code?: unknown }).code ?? ""));
  }
  return words.join(" ");
}

/** Nobody was there to speak TLS with. */
function isElsewhere(words: string): boolean {
  return NO_SERVER.test(words) || NO_NAME.test(words);
}

/** The words of a connection that is refused. */
export const NO_SERVER = /refused/i;
/** The words of a name that has no address. */
export const NO_NAME = /\bdns error|ENOTFOUND|EAI_AGAIN|getaddrinfo|resolve/i;

function proxyFailure({ shown, variable }: Proxy, words: string): ConnectionFailure | undefined {
  if (/\b407\b|proxy auth/i.test(words)) return proxyAuthentication({ shown, variable });
  const isUnreachable = isElsewhere(words) || /tunnel|proxy/i.test(words);
  return isUnreachable
    ? {
      why: `the proxy ${shown} does not lead there`,
      advice: `Correct ${variable}, or name the server in NO_PROXY.`,
      code: "proxy-failed",
    }
    : undefined;
}

/** A proxy, without its password, and the variable that names it. */
type Proxy = NonNullable<ReturnType<typeof proxyFor>>;

/** The failure of a proxy that answers with status 407. */
export function proxyAuthentication({ shown, variable }: Proxy): ConnectionFailure {
  return {
    why: `the proxy ${shown} wants a name and a password`,
    advice: `Put them into ${variable}: http://NAME:PASSWORD@HOST:PORT.`,
    code: "proxy-failed",
  };
}

const WORDS: readonly (readonly [RegExp, TlsState])[] = [
  [/certificate.?required/i, { kind: "client-certificate" }],
  [/not valid for name|ALTNAME|altnames/i, { kind: "wrong-name" }],
  [/not.?(yet.?valid|valid.?yet)/i, { kind: "not-yet-valid" }],
  [/certificate.{0,5}expired|CERT_HAS_EXPIRED/i, { kind: "expired" }],
  [/UnknownIssuer|self.?signed|UNABLE_TO_|CERT_|certificate/i, { kind: "unknown-authority" }],
  [/WRONG_VERSION|InvalidContentType/i, { kind: "plain" }],
];

function byWords(words: string): TlsState | "fine" {
  return WORDS.find(([known]) => known.test(words))?.[1] ?? "fine";
}

function failureOf(state: TlsState | "fine", url: URL): ConnectionFailure | undefined {
  if (state === "fine") return undefined;
  const { kind, detail } = state;
  const more = detail === undefined ? "" : ` ${detail}`;
  switch (kind) {
    case "expired":
      return bad(`has expired${more}`, "Have it renewed, and look at this machine's clock.");
    case "not-yet-valid":
      return bad(`is not valid yet${more}`, "Look at this machine's clock, and at the server's.");
    case "wrong-name":
      return bad(`is not for ${url.hostname}${more}`, "Use a name that it is for.");
    case "unknown-authority":
      return bad(
        `is not of an authority that is trusted here${more}`,
        "Name a file with the authority's certificate in NODE_EXTRA_CA_CERTS.",
      );
    case "client-certificate":
      return {
        why: "the server wants a certificate of its clients, and icecore has none to give",
        advice: "Use a proxy that has one, or download the image with curl --cert.",
        code: "client-certificate",
      };
    case "plain":
      return {
        why: "the server speaks http on that port, and not https",
        advice: "Write the address with http://, or with the port for https.",
        code: "wrong-scheme",
      };
    case "tls":
      return {
        why: "the server speaks https on that port, and not http",
        advice: "Write the address with https://, or with the port for http.",
        code: "wrong-scheme",
      };
    case "handshake-ended":
      return {
        why: "the server ends the connection while TLS begins: it may speak nothing newer than " +
          "TLS 1.1, or want a certificate of its clients",
        advice: "Look at the server's log and settings; icecore speaks TLS 1.2 and 1.3.",
        code: "tls-failed",
      };
  }
}

function bad(how: string, advice: string): ConnectionFailure {
  return { why: `the server's certificate ${how}`, advice, code: "bad-certificate" };
}
