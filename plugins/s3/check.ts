/**
 * What can be known before the image is made.
 * @module
 */

import { type OptionValues, UsageError } from "../../mod.ts";
import type { Address } from "./address.ts";
import { factsOf, uploadError } from "./errors.ts";
import { LEAST_PART_BYTES, MOST_PART_BYTES } from "./part_sizes.ts";
import type { Store } from "./store.ts";

const MOST_PARALLEL = 64;
const MOST_RETRIES = 20;

/** @throws UsageError for amounts that no store takes. */
export function checkAmounts({ partSize, parallel, retries }: OptionValues): void {
  if ((partSize as number) < LEAST_PART_BYTES || (partSize as number) > MOST_PART_BYTES) {
    throw new UsageError(
      `cannot set s3.partSize to ${partSize}: a store takes parts of 5M to 5G. ` +
        "Leave it out for 8M.",
      "bad-option",
    );
  }
  checkWhole("parallel", parallel, 1, MOST_PARALLEL);
  checkWhole("retries", retries, 0, MOST_RETRIES);
}

function checkWhole(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  throw new UsageError(
    `cannot set s3.${name} to ${value}: expected a whole number from ${least} to ${most}.`,
    "bad-option",
  );
}

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
