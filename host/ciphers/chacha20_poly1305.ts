/**
 * Opens what was sealed with ChaCha20-Poly1305 (RFC 8439): by OpenSSL's library where the machine
 * has it, else by the runtime's own, else by the library `@noble/ciphers`.
 *
 * All give the same bytes; OpenSSL's is many times as fast as what is written in JavaScript.
 * @module
 */

import { createDecipheriv } from "node:crypto";
import { type Library, openLibrary, type Signature, systemLibraries } from "../libc/library.ts";

/** Bytes of the tag behind what is sealed. */
export const TAG_BYTES = 16;
/** Bytes of a nonce. */
export const NONCE_BYTES = 12;

/** Opens with one key. */
export interface Opener {
  /**
   * Opens what was sealed, without additional data.
   *
   * @param sealed The bytes, and behind them their tag.
   * @param into As long as `sealed` without the tag.
   * @returns false where they were not sealed with this key and nonce; `into` has zeros then.
   */
  open(nonce: Uint8Array, sealed: Uint8Array, into: Uint8Array): boolean;
  /** Releases memory that holds the key. A second call does nothing. */
  close(): void;
}

/** Whose code is called. */
export type Engine = "openssl" | "runtime" | "noble";

/** Prepares to open with a key of 32 bytes. @param engines Those to be tried, in turn. */
export async function openerWith(
  key: Uint8Array,
  engines: readonly Engine[] = ["openssl", "runtime", "noble"],
): Promise<Opener> {
  for (const engine of engines) {
    const opener = await ENGINES[engine](key);
    if (opener !== undefined) return opener;
  }
  throw new Error("cannot decrypt: nothing here knows ChaCha20-Poly1305. Report this.");
}

const ENGINES: Readonly<Record<Engine, (key: Uint8Array) => Promise<Opener | undefined>>> = {
  openssl: openSslOpener,
  runtime: (key) => Promise.resolve(runtimeOpener(key)),
  noble: nobleOpener,
};

// EVP_EncryptInit(3). The versions differ in nothing that is used here.
const LIBRARIES = ["libcrypto.so.3", "libcrypto.so.1.1"].flatMap((name) => systemLibraries(name));
const SIGNATURES = {
  EVP_CIPHER_CTX_new: { parameters: [], result: "pointer" },
  EVP_CIPHER_CTX_free: { parameters: ["pointer"], result: "i32" },
  EVP_CIPHER_CTX_ctrl: { parameters: ["pointer", "i32", "i32", "buffer"], result: "i32" },
  EVP_get_cipherbyname: { parameters: ["buffer"], result: "pointer" },
  EVP_DecryptInit_ex: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  EVP_DecryptUpdate: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "i32"],
    result: "i32",
  },
  EVP_DecryptFinal_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
} as const satisfies Record<string, Signature>;
const EVP_CTRL_AEAD_SET_TAG = 0x11;

type OpenSsl = Library<keyof typeof SIGNATURES>["functions"];

let openSsl: Promise<OpenSsl | undefined> | undefined;

function loadOpenSsl(): Promise<OpenSsl | undefined> {
  return openSsl ??= Promise.resolve().then(() => openLibrary(LIBRARIES, SIGNATURES)).then(
    ({ functions }) => functions,
    () => undefined,
  );
}

/** @returns `undefined` where there is no library, or it refuses, as under FIPS. */
async function openSslOpener(key: Uint8Array): Promise<Opener | undefined> {
  const functions = await loadOpenSsl();
  if (functions === undefined) return undefined;
  const cipher = functions.EVP_get_cipherbyname(new TextEncoder().encode("ChaCha20-Poly1305\0"));
  const context = functions.EVP_CIPHER_CTX_new();
  if (functions.EVP_DecryptInit_ex(context, cipher, null, key, null) !== 1) {
    functions.EVP_CIPHER_CTX_free(context);
    return undefined;
  }
  const length = new Int32Array(1);
  const nothing = new Uint8Array(TAG_BYTES);
  const steps = (nonce: Uint8Array, text: Uint8Array, tag: Uint8Array, into: Uint8Array) =>
    functions.EVP_DecryptInit_ex(context, null, null, null, nonce) === 1 &&
    functions.EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) === 1 &&
    (text.length === 0 ||
      functions.EVP_DecryptUpdate(context, into, length, text, text.length) === 1) &&
    functions.EVP_DecryptFinal_ex(context, nothing, length) === 1;
  let isFreed = false;
  return {
    open(nonce, sealed, into) {
      if (isFreed) throw new Error("cannot decrypt: it was closed. Open it again.");
      const text = sealed.subarray(0, sealed.length - TAG_BYTES);
      if (steps(nonce, text, sealed.subarray(text.length), into)) return true;
      into.fill(0);
      return false;
    },
    close() {
      if (!isFreed) functions.EVP_CIPHER_CTX_free(context);
      isFreed = true;
    },
  };
}

/** @returns `undefined` where the runtime does not know the cipher. */
function runtimeOpener(key: Uint8Array): Opener | undefined {
  const begin = (nonce: Uint8Array) =>
    createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  try {
    begin(new Uint8Array(NONCE_BYTES));
  } catch {
    return undefined;
  }
  return {
    open(nonce, sealed, into) {
      const text = sealed.subarray(0, sealed.length - TAG_BYTES);
      try {
        const decipher = begin(nonce);
        decipher.setAuthTag(sealed.subarray(text.length));
        const opened = decipher.update(text);
        into.set(opened);
        into.set(decipher.final(), opened.length);
        return true;
      } catch {
        into.fill(0);
        return false;
      }
    },
    close: () => {},
  };
}

async function nobleOpener(key: Uint8Array): Promise<Opener> {
  const { chacha20poly1305 } = await import("@noble/ciphers/chacha.js");
  return {
    open(nonce, sealed, into) {
      try {
        into.set(chacha20poly1305(key, nonce).decrypt(sealed));
        return true;
      } catch {
        into.fill(0);
        return false;
      }
    },
    close: () => {},
  };
}
