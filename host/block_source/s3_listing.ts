/**
 * The objects of a folder in S3.
 * @module
 */

import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { awsStore } from "../aws/store.ts";
import { EnvironmentError } from "../environment_error.ts";
import { shownLocation } from "./location.ts";
import { storeError } from "./s3_server.ts";

/** An object. */
export interface ListedObject {
  /** Its name within the folder. */
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * Lists a folder, not what is in folders below it.
 *
 * @param address `s3://BUCKET`, `s3://BUCKET/FOLDER` or the same with a slash behind.
 * @throws EnvironmentError when it cannot be listed.
 */
export async function listObjects(address: string): Promise<ListedObject[]> {
  const shownName = shownLocation(address);
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(address);
  if (match === null) {
    throw new EnvironmentError(
      `cannot list ${shownName}: it names no bucket. Write it as s3://BUCKET/FOLDER/.`,
      "bad-url",
    );
  }
  const { S3Client, ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const { config, url } = awsStore();
  const client = new S3Client(config as S3ClientConfig);
  const [, Bucket, path = ""] = match;
  const Prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  const listed: ListedObject[] = [];
  let token: string | undefined;
  try {
    for (;;) {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix,
          Delimiter: "/",
          ...token !== undefined && { ContinuationToken: token },
        }),
      ).catch(async (error) => {
        throw await storeError(shownName, url, error);
      });
      for (const { Key = "", Size = 0 } of page.Contents ?? []) {
        listed.push({ name: Key.slice(Prefix.length), sizeBytes: Size });
      }
      if (page.IsTruncated !== true) return listed;
      token = page.NextContinuationToken;
    }
  } finally {
    client.destroy();
  }
}
