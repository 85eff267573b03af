/**
 * An SSH key as an identity of age.
 *
 * Format: https://pkg.go.dev/filippo.io/age/agessh; the program's source is its description
 * @module
 */

import { createHash, hkdfSync, webcrypto } from "node:crypto";
import type { AgeIdentity, AskPassphrase, Stanza } from "./identity.ts";
import type { Ed25519Secret, OpenSshKey, RsaSecret } from "./openssh_key.ts";
import { unwrapKey } from "./wrapped_key.ts";

const LABEL = "age-encryption.org/v1/";
const { subtle } = webcrypto;

/** An identity; a passphrase is asked for only where an entry is this key's. */
export function sshIdentity(key: OpenSshKey, ask: AskPassphrase): AgeIdentity {
  const kind = key.kind;
  const fingerprint = createHash("sha256").update(key.publicBlob).digest().subarray(0, 4)
    .toString("base64").replace(/=+$/, "");
  return {
    async unwrapFileKey(stanzas) {
      const own = stanzas.filter(({ args }) => args[0] === kind && args[1] === fingerprint);
      if (own.length === 0) return null;
      const secret = await key.unlock(ask);
      for (const stanza of own) {
        const fileKey = secret.kind === "ssh-rsa"
          ? await unwrapByRsa(secret, stanza)
          : await unwrapByEd25519(secret, key.publicBlob, stanza);
        if (fileKey !== undefined) return fileKey;
      }
      return null;
    },
  };
}

async function unwrapByRsa(
  { jwk }: RsaSecret,
  { args, body }: Stanza,
): Promise<Uint8Array | undefined> {
  if (args.length !== 2) throw new Error("the entry of an ssh-rsa key is malformed");
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
  const key = await subtle.importKey("jwk", jwk, algorithm, false, ["decrypt"]);
  const label = new TextEncoder().encode(`${LABEL}ssh-rsa`);
  try {
    const fileKey = await subtle.decrypt({ name: "RSA-OAEP", label }, key, new Uint8Array(body));
    return new Uint8Array(fileKey);
  } catch {
    return undefined;
  }
}

async function unwrapByEd25519(
  { seed }: Ed25519Secret,
  publicBlob: Uint8Array,
  { args, body }: Stanza,
): Promise<Uint8Array | undefined> {
  const share = Buffer.from(args[2] ?? "", "base64");
  if (args.length !== 3 || share.length !== 32) {
    throw new Error("the entry of an ssh-ed25519 key is malformed");
  }
  const label = new TextEncoder().encode(`${LABEL}ssh-ed25519`);
  const scalar = createHash("sha512").update(seed).digest().subarray(0, 32);
  const ourShare = await x25519(scalar, BASE_POINT);
  const tweak = new Uint8Array(hkdfSync("sha256", new Uint8Array(), publicBlob, label, 32));
  const shared = await x25519(tweak, await x25519(scalar, share));
  const salt = Buffer.concat([share, ourShare]);
  return await unwrapKey(body, new Uint8Array(hkdfSync("sha256", shared, salt, label, 32)));
}

const BASE_POINT = Uint8Array.from({ length: 32 }, (_, index) => index === 0 ? 9 : 0);
/** What stands before the 32 bytes of a private key of X25519 in PKCS #8. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");

async function x25519(scalar: Uint8Array, point: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: "X25519" };
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, scalar]);
  const secret = await subtle.importKey("pkcs8", pkcs8, algorithm, false, ["deriveBits"]);
  const share = await subtle.importKey("raw", new Uint8Array(point), algorithm, false, []);
  return new Uint8Array(await subtle.deriveBits({ name: "X25519", public: share }, secret, 256));
}
