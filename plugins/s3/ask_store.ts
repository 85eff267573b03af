/**
 * Asks a store whether it can be written to, before the image is made.
 * @module
 */

import { EnvironmentError } from "../../mod.ts";
import { printable } from "../../plugin.ts";
import type { Address } from "./address.ts";
import type { Store } from "./store.ts";
import { factsOf, isLocal, uploadError } from "./store_errors.ts";

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
    const address = `s3://${bucket}/${prefix}`;
    const { status } = factsOf(error);
    const isAnswered = status !== undefined && status !== 407;
    const failure = isAnswered || signal.aborted || isLocal(error)
      ? undefined
      : await store.failureOf(status === 407 ? new Error("407") : error);
    if (failure === undefined) throw uploadError(address, error);
    const { why, advice, code } = failure;
    throw new EnvironmentError(`cannot upload ${printable(address)}: ${why}. ${advice}`, code, {
      cause: error,
    });
  }
}
