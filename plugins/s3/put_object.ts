/**
 * An object that goes in one request.
 * @module
 */

import type { Confirmation, PartChecksum } from "./checksum.ts";
import { factsOf } from "./errors.ts";
import { asPart } from "./part_request.ts";
import { messageOf } from "../../plugin.ts";
import type { Store, StoreContext } from "./store.ts";
import type { Destination } from "./destination.ts";

/** Stores an object, and has it checked. @returns How the store confirmed it. */
export async function putObject(
  store: Store,
  { bucket, key }: Destination,
  checksum: PartChecksum,
  { options, emit }: StoreContext,
  signal: AbortSignal,
): Promise<Confirmation> {
  const input = {
    Bucket: bucket,
    Key: key,
    Body: checksum.bytes,
    ContentLength: checksum.bytes.length,
    ChecksumSHA256: checksum.base64,
    ...options.storageClass !== undefined && { StorageClass: options.storageClass as never },
  };
  try {
    return await store.retry(
      async (client) => {
        const conditional = options.overwrite === true ? {} : { IfNoneMatch: "*" };
        const command = new store.aws.PutObjectCommand({ ...input, ...conditional });
        const answer = await client.send(asPart(command, checksum), { abortSignal: signal });
        return checksum.confirmedBy(answer);
      },
      signal,
      (error) => {
        const text = `${key}: sent again, because ${messageOf(error)}`;
        emit({ type: "message", level: "warning", text });
      },
    );
  } catch (error) {
    // A request whose answer was lost, here or in the runtime, may have stored it.
    if (factsOf(error).status !== 412) throw error;
    const head = await store.retry(
      (client) =>
        client.send(
          new store.aws.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }),
          { abortSignal: signal },
        ),
      signal,
    );
    if (!checksum.isThatOf({ ...head, Size: head.ContentLength })) throw error;
    return checksum.confirmedBy(head);
  }
}
