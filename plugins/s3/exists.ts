/**
 * Whether an object is there.
 * @module
 */

import { factsOf } from "./errors.ts";
import type { Store } from "./store.ts";

/** @returns Also `false` where one may write but not look: the store then refuses in the end. */
export async function objectExists(
  store: Store,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  signal: AbortSignal,
): Promise<boolean> {
  const head = new store.aws.HeadObjectCommand({ Bucket: bucket, Key: key });
  try {
    await store.retry((client) => client.send(head, { abortSignal: signal }), signal);
    return true;
  } catch (error) {
    const { status } = factsOf(error);
    if (status === 404 || status === 403) return false;
    throw error;
  }
}
