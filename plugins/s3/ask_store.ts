/**
 * Asks a store whether it can be written to, before the image is made.
 * @module
 */

import type { Address } from "./address.ts";
import { factsOf, uploadError } from "./errors.ts";
import type { Store } from "./store.ts";

/**
 * Asks the store where the bucket is, to learn whether there is one, and whether the credentials
 * are known. Credentials that may only write are let through.
 */
export async function askStore(
  store: Store,
  { bucket, prefix }: Address,
  signal: AbortSignal,
): Promise<void> {
  const ask = new store.aws.GetBucketLocationCommand({ Bucket: bucket });
  try {
    await store.retry((client) => client.send(ask, { abortSignal: signal }), signal);
  } catch (error) {
    if (["AccessDenied", "NotImplemented", "MethodNotAllowed"].includes(factsOf(error).name)) {
      return;
    }
    throw uploadError(`s3://${bucket}/${prefix}`, error);
  }
}
