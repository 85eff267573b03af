/**
 * A look at a server's TLS: a handshake that trusts nobody and sends nothing.
 * @module
 */

import { isIP } from "node:net";
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from "node:tls";

/** What stands in the way. */
export interface TlsState {
  readonly kind:
    | "expired"
    | "not-yet-valid"
    | "wrong-name"
    | "unknown-authority"
    | "client-certificate"
    | "plain"
    | "tls"
    | "handshake-ended";
  /** What of the certificate is in the way. */
  readonly detail?: string;
}

const PATIENCE_MS = 5000;
/** A server that wants a certificate says so behind the handshake. */
const LATE_ALERT_MS = 300;
/** With the connection, a server may take back the reason that it gave: then it is asked again. */
const MOST_LOOKS = 3;

/** Looks at what is at a URL's port. @returns `fine` where nothing can be said against it. */
export async function lookAtTls({ protocol, hostname, port }: URL): Promise<TlsState | "fine"> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol !== "https:") {
    const seen = await handshake(host, Number(port || 80));
    const isTls = typeof seen === "object" || /certificate.?required/i.test(seen);
    return isTls ? { kind: "tls" } : "fine";
  }
  for (let looks = 1;; looks++) {
    const seen = await handshake(host, Number(port || 443));
    const state = typeof seen === "object" ? stateOf(seen, host) : stateOfError(seen);
    const isEnded = typeof state === "object" && state.kind === "handshake-ended";
    if (!isEnded || looks === MOST_LOOKS) return state;
  }
}

interface Seen {
  readonly certificate: PeerCertificate;
  readonly isTrusted: boolean;
}

/** @returns The certificate, or the words of what failed; none where nothing came. */
async function handshake(host: string, port: number): Promise<Seen | string> {
  const { promise, resolve } = Promise.withResolvers<Seen | string>();
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false,
  });
  const timers = [setTimeout(() => resolve(""), PATIENCE_MS)];
  socket.on("secureConnect", () => {
    timers.push(setTimeout(() => resolve(seenOn(socket)), LATE_ALERT_MS));
  });
  socket.on("error", (error) => {
    resolve(`${error.message} ${(error as { code?: string }).code ?? ""}`);
  });
  socket.on("close", () => resolve("ECONNRESET"));
  // An alert comes only where somebody reads.
  socket.resume();
  try {
    return await promise;
  } finally {
    timers.forEach(clearTimeout);
    socket.destroy();
  }
}

function seenOn(socket: TLSSocket): Seen {
  return { certificate: socket.getPeerCertificate(), isTrusted: socket.authorized };
}

function stateOf({ certificate, isTrusted }: Seen, host: string): TlsState | "fine" {
  const { valid_from, valid_to, subjectaltname } = certificate;
  const now = Date.now();
  if (Date.parse(valid_to) < now) return { kind: "expired", detail: `on ${dayOf(valid_to)}` };
  if (Date.parse(valid_from) > now) {
    return { kind: "not-yet-valid", detail: `before ${dayOf(valid_from)}` };
  }
  if (checkServerIdentity(host, certificate) !== undefined) {
    return subjectaltname === undefined
      ? { kind: "wrong-name" }
      : { kind: "wrong-name", detail: `but for ${namesIn(subjectaltname)}` };
  }
  return isTrusted ? "fine" : { kind: "unknown-authority" };
}

function stateOfError(words: string): TlsState | "fine" {
  if (/WRONG_VERSION|InvalidContentType/i.test(words)) return { kind: "plain" };
  if (/certificate.?required/i.test(words)) return { kind: "client-certificate" };
  const isEnded = /ECONNRESET|ERR_SOCKET_CLOSED|alert|disconnected|handshake/i.test(words);
  return isEnded ? { kind: "handshake-ended" } : "fine";
}

function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** `DNS:a.example, IP Address:10.0.0.1` as people write it. It comes from the server. */
function namesIn(subjectaltname: string): string {
  const names = subjectaltname.replace(/(DNS|IP Address):/g, "").replace(/[^\w.:*, -]/g, "?");
  return names.length > 200 ? `${names.slice(0, 200)}…` : names;
}
