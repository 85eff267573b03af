/**
 * Makes a digest on a thread of its own, of buffers that are lent to it.
 * @module
 */

import { type Hash, startHash } from "./hash.ts";

/** What the worker receives: first the algorithm, then bytes, and at last that nothing follows. */
export type DigestRequest =
  | { readonly algorithm: string }
  | { readonly buffer: ArrayBuffer; readonly lengthBytes: number }
  | "end";

/** What the worker says: a buffer it is done with, or the digest in hex. */
export type DigestAnswer = { readonly buffer: ArrayBuffer } | { readonly digest: string };

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<DigestRequest>) => Promise<void>;
  postMessage(answer: DigestAnswer, lent?: ArrayBuffer[]): void;
};

let hash: Promise<Hash>;

scope.onmessage = async ({ data }) => {
  if (data === "end") {
    scope.postMessage({ digest: (await hash).digest() });
  } else if ("algorithm" in data) {
    hash = startHash(data.algorithm);
    // What it fails with reaches whoever waits for the next answer.
    hash.catch(() => {});
  } else {
    const { buffer, lengthBytes } = data;
    (await hash).update(new Uint8Array(buffer, 0, lengthBytes));
    scope.postMessage({ buffer }, [buffer]);
  }
};
