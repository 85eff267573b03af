/**
 * What is in a store under a name, and whether it is what was sent.
 * @module
 */

import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { Destination } from "./destination.ts";
import type { Store } from "./store.ts";

/** What an object has to be. */
export interface Expected {
  readonly sizeBytes: number;
  /** As the store has it: `BASE64`, or `BASE64-COUNT` of what came in parts. */
  readonly sha256: string;
  /** The ETag where it is made of MD5; asked for only where there is nothing better. */
  etag(): string | undefined;
}

/** `unclear` where the size fits, and the store gives no checksum. */
export type Likeness = "same" | "different" | "unclear";

/** Asks what is there. @throws what the AWS client throws; with status 404 when nothing is. */
export function lookAt(
  store: Store,
  { bucket, key }: Destination,
  signal: AbortSignal | undefined,
): Promise<HeadObjectCommandOutput> {
  const head = new store.aws.HeadObjectCommand({
    Bucket: bucket,
    Key: key,
    ChecksumMode: "ENABLED",
  });
  const options = signal === undefined ? {} : { abortSignal: signal };
  return store.retry((client) => client.send(head, options), signal);
}

/** Whether that is what was sent. */
export function compare(
  { ContentLength, ChecksumSHA256, ETag }: HeadObjectCommandOutput,
  expected: Expected,
): Likeness {
  if (ContentLength !== undefined && ContentLength !== expected.sizeBytes) return "different";
  if (ChecksumSHA256 === expected.sha256) return "same";
  // A checksum of all bytes and one of the parts' checksums have nothing in common.
  const isAlike = ChecksumSHA256 !== undefined &&
    countOf(ChecksumSHA256) === countOf(expected.sha256);
  if (isAlike) return "different";
  // An ETag may be something else than MD5, and then says nothing.
  return ETag !== undefined && bare(ETag) === expected.etag() ? "same" : "unclear";
}

/** An ETag without its quotes. */
export function bare(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1").toLowerCase();
}

function countOf(checksum: string): string | undefined {
  return /-(\d+)$/.exec(checksum)?.[1];
}
