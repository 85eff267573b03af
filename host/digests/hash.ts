/**
 * Digests, by OpenSSL's library where the machine has it, else by the runtime's own.
 *
 * Both give the same digests. OpenSSL's SHA-512 was measured half as fast again as either runtime's,
 * and hashing is what an image of large files spends most of its time on.
 * @module
 */

import { createHash } from "node:crypto";
import { type Library, openLibrary, type Signature, systemLibraries } from "../libc/library.ts";

// EVP_DigestInit(3). The versions differ in nothing that is used here.
const LIBRARIES = ["libcrypto.so.3", "libcrypto.so.1.1"];
const SIGNATURES = {
  EVP_MD_CTX_new: { parameters: [], result: "pointer" },
  EVP_MD_CTX_free: { parameters: ["pointer"], result: "i32" },
  EVP_get_digestbyname: { parameters: ["buffer"], result: "pointer" },
  EVP_DigestInit_ex: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  EVP_DigestUpdate: { parameters: ["pointer", "buffer", "usize"], result: "i32" },
  EVP_DigestFinal_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
} as const satisfies Record<string, Signature>;

type OpenSsl = Library<keyof typeof SIGNATURES>["functions"];

let openSsl: Promise<OpenSsl | undefined> | undefined;

function loadOpenSsl(): Promise<OpenSsl | undefined> {
  return openSsl ??= Promise.resolve()
    .then(() => openLibrary(LIBRARIES.flatMap((name) => systemLibraries(name)), SIGNATURES))
    .then(({ functions }) => functions, () => undefined);
}

/** Begins a digest. @param algorithm e.g. `sha512`. @throws Error for an unknown algorithm. */
export async function startHash(algorithm: string): Promise<{
  /** Adds bytes. @throws Error when the digest was made already, or the hash was closed. */
  update(bytes: Uint8Array): void;
  /** The digest in hex. @throws Error when it was made already, or the hash was closed. */
  digest(): string;
  /** Gives it up, unless the digest was made; to be called where it is not. */
  close(): void;
}> {
  const functions = await loadOpenSsl();
  return (functions && openSslHash(functions, algorithm)) ?? runtimeHash(algorithm);
}

/** A digest that is being made. */
export type Hash = Awaited<ReturnType<typeof startHash>>;

/** Makes one digest after the other, at little cost for each: for many small inputs. */
export interface DigestMaker {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** Writes the digest of what was added to `target` at `at`, and begins the next. */
  finishInto(target: Uint8Array, at: number): void;
}

/** A maker of digests. @param algorithm e.g. `sha256`. @throws Error for an unknown algorithm. */
export async function startDigests(algorithm: string): Promise<DigestMaker> {
  const functions = await loadOpenSsl();
  return (functions && openSslMaker(functions, algorithm)) ?? runtimeDigests(algorithm);
}

/** The same by the runtime: it holds nothing, and may be left in the middle of an input. */
export function runtimeDigests(algorithm: string): DigestMaker {
  let hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    finishInto(target, at) {
      target.set(hash.digest(), at);
      hash = createHash(algorithm);
    },
  };
}

/** A digest by the runtime. */
export function runtimeHash(algorithm: string): Hash {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
    close: () => {},
  };
}

/** The longest digest there is, in bytes. */
const MOST_DIGEST_BYTES = 64;

/** @returns `undefined` where OpenSSL refuses the algorithm, as MD5 under FIPS. */
function openSslHash(functions: OpenSsl, algorithm: string): Hash | undefined {
  const name = new TextEncoder().encode(`${algorithm}\0`);
  const method = functions.EVP_get_digestbyname(name);
  const context = functions.EVP_MD_CTX_new();
  if (functions.EVP_DigestInit_ex(context, method, null) !== 1) {
    functions.EVP_MD_CTX_free(context);
    return undefined;
  }
  let isFreed = false;
  const free = () => {
    if (!isFreed) functions.EVP_MD_CTX_free(context);
    isFreed = true;
  };
  const requireUnfreed = () => {
    if (isFreed) throw new Error("cannot hash: the digest was made already. Begin another.");
  };
  return {
    update(bytes) {
      requireUnfreed();
      if (bytes.length === 0) return;
      requireOk(functions.EVP_DigestUpdate(context, bytes, bytes.length));
    },
    digest() {
      requireUnfreed();
      const bytes = new Uint8Array(MOST_DIGEST_BYTES);
      const length = new Uint32Array(1);
      requireOk(functions.EVP_DigestFinal_ex(context, bytes, length));
      free();
      return Array.from(bytes.subarray(0, length[0]), (byte) => byte.toString(16).padStart(2, "0"))
        .join("");
    },
    close: free,
  };
}

/** @returns `undefined` where OpenSSL refuses the algorithm; its context lasts as long as the thread */
function openSslMaker(functions: OpenSsl, algorithm: string): DigestMaker | undefined {
  const method = functions.EVP_get_digestbyname(new TextEncoder().encode(`${algorithm}\0`));
  const context = functions.EVP_MD_CTX_new();
  if (functions.EVP_DigestInit_ex(context, method, null) !== 1) {
    functions.EVP_MD_CTX_free(context);
    return undefined;
  }
  // With the method of before: naming it has OpenSSL 3 look it up once more, which takes as long as
  // the digest of a small file.
  const begin = () => functions.EVP_DigestInit_ex(context, null, null);
  const digest = new Uint8Array(MOST_DIGEST_BYTES);
  const length = new Uint32Array(1);
  return {
    update(bytes) {
      if (bytes.length > 0) requireOk(functions.EVP_DigestUpdate(context, bytes, bytes.length));
    },
    finishInto(target, at) {
      requireOk(functions.EVP_DigestFinal_ex(context, digest, length));
      for (let i = 0; i < length[0]!; i++) target[at + i] = digest[i]!;
      requireOk(begin());
    },
  };
}

function requireOk(result: number): void {
  if (result !== 1) throw new Error("cannot hash: OpenSSL's library failed. Report this.");
}
