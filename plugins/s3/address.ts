/**
 * Where objects go: `s3://BUCKET/PREFIX`.
 * @module
 */

import { UsageError } from "../../mod.ts";

/** A bucket, and what keys in it begin with. */
export interface Address {
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
}

/** Parses `s3://BUCKET/PREFIX`; the prefix names a folder. @throws UsageError for anything else. */
export function parseAddress(text: string): Address {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(text);
  if (match === null) {
    throw new UsageError(
      `cannot upload to ${JSON.stringify(text)}: it names no bucket. Write s3.to as ` +
        "s3://BUCKET/FOLDER.",
      "bad-option",
    );
  }
  const folder = (match[2] ?? "").replace(/\/+$/, "");
  return { bucket: match[1]!, prefix: folder === "" ? "" : `${folder}/` };
}

/** An object's address, as people write it. */
export function addressOf(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}
