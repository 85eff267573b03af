/**
 * A private key as OpenSSH keeps it, with a passphrase or without.
 *
 * Format: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 * @module
 */

import { createDecipheriv, type webcrypto } from "node:crypto";
import { type AskPassphrase, badIdentity, wrongPassphrase } from "./identity.ts";
import { SshReader } from "./ssh_reader.ts";

/** The secret of an Ed25519 key. */
export interface Ed25519Secret {
  readonly kind: "ssh-ed25519";
  readonly seed: Uint8Array;
}

/** The secret of an RSA key. */
export interface RsaSecret {
  readonly kind: "ssh-rsa";
  readonly jwk: webcrypto.JsonWebKey;
}

/** A key of which the public half is known. */
export interface OpenSshKey {
  readonly kind: "ssh-ed25519" | "ssh-rsa";
  /** The public half, as SSH sends it. */
  readonly publicBlob: Uint8Array;
  /** The secret half; asks for a passphrase where there is one. */
  unlock(ask: AskPassphrase): Promise<Ed25519Secret | RsaSecret>;
}

/** The first line of the text. */
export const OPENSSH_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const OPENSSH_END = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC = "openssh-key-v1\0";

/** Ciphers of keys: all that `ssh-keygen` takes for them but two that nobody chooses. */
const CIPHER = /^aes(128|192|256)-(ctr|cbc)$/;
const IV_BYTES = 16;
/** `ssh-keygen` does 24; somebody may have wished for more. */
const MOST_ROUNDS = 4096;

/** Reads a key. @param which It is called so in messages. @throws EnvironmentError `bad-identity` */
export function parseOpenSshKey(text: string, which: string): OpenSshKey {
  const begin = text.indexOf(OPENSSH_BEGIN) + OPENSSH_BEGIN.length;
  const end = text.indexOf(OPENSSH_END, begin);
  const bytes = Buffer.from(text.slice(begin, Math.max(begin, end)), "base64");
  try {
    if (end < 0 || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error();
    const reader = new SshReader(bytes.subarray(MAGIC.length));
    const cipher = reader.text();
    const kdf = reader.text();
    const kdfOptions = reader.bytes();
    if (reader.number() !== 1) throw new Error();
    const publicBlob = reader.bytes();
    const sealed = reader.bytes();
    const kind = new SshReader(publicBlob).text();
    if (kind !== "ssh-ed25519" && kind !== "ssh-rsa") throw otherKind(which, kind);
    const protection = { cipher, kdf, kdfOptions };
    const unlock = (ask: AskPassphrase) => unlocked(sealed, protection, which, ask);
    return { kind, publicBlob, unlock };
  } catch (error) {
    if (error instanceof Error && error.name === "EnvironmentError") throw error;
    throw badIdentity(which, "it is a damaged OpenSSH key. Name the file that ssh-keygen made.");
  }
}

interface Protection {
  readonly cipher: string;
  readonly kdf: string;
  readonly kdfOptions: Uint8Array;
}

async function unlocked(
  sealed: Uint8Array,
  protection: Protection,
  which: string,
  ask: AskPassphrase,
): Promise<Ed25519Secret | RsaSecret> {
  const isPlain = protection.cipher === "none";
  const plain = isPlain ? sealed : await decrypted(sealed, protection, which, ask);
  const reader = new SshReader(plain);
  // The same number twice, or it was decrypted with something else.
  if (reader.number() !== reader.number()) {
    if (!isPlain) throw wrongPassphrase(which);
    throw badIdentity(which, "it is a damaged OpenSSH key. Name the file that ssh-keygen made.");
  }
  return reader.text() === "ssh-rsa" ? rsaSecret(reader) : ed25519Secret(reader);
}

async function decrypted(
  sealed: Uint8Array,
  { cipher, kdf, kdfOptions }: Protection,
  which: string,
  ask: AskPassphrase,
): Promise<Uint8Array> {
  const keyBytes = Number(CIPHER.exec(cipher)?.[1] ?? NaN) / 8;
  const reader = new SshReader(kdfOptions);
  const salt = reader.bytes();
  const rounds = reader.number();
  if (kdf !== "bcrypt" || Number.isNaN(keyBytes) || rounds > MOST_ROUNDS) {
    throw badIdentity(
      which,
      `it is protected in a way that is not known here (${cipher}, ${kdf}, ${rounds} rounds). ` +
        "Protect a copy of it anew with ssh-keygen -p, and name the copy.",
    );
  }
  const passphrase = new TextEncoder().encode(await ask(which));
  const { default: { pbkdf } } = await import("bcrypt-pbkdf");
  const made = new Uint8Array(keyBytes + IV_BYTES);
  if (
    pbkdf(passphrase, passphrase.length, salt, salt.length, made, made.length, rounds) !== 0
  ) {
    throw wrongPassphrase(which);
  }
  const key = made.subarray(0, keyBytes);
  const decipher = createDecipheriv(
    cipher.replace(/^aes(\d+)/, "aes-$1"),
    key,
    made.subarray(keyBytes),
  );
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(sealed), decipher.final()]);
}

function ed25519Secret(reader: SshReader): Ed25519Secret {
  reader.bytes();
  // Seed and public key, one behind the other.
  return { kind: "ssh-ed25519", seed: reader.bytes().slice(0, 32) };
}

function rsaSecret(reader: SshReader): RsaSecret {
  const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => reader.integer()) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const numbers = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi };
  const jwk = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, base64Url(value)]),
  );
  return { kind: "ssh-rsa", jwk: { kty: "RSA", ...jwk } };
}

function base64Url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + hex.length % 2, "0"), "hex").toString("base64url");
}

function otherKind(which: string, kind: string) {
  return badIdentity(
    which,
    `it is an SSH key of the kind ${kind.replace(/[^\w@.-]/g, "?").slice(0, 40)}, to which age ` +
      "encrypts nothing. Name an ssh-ed25519 or ssh-rsa key, or an age identity.",
  );
}
