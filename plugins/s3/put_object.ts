/**
 * An object that goes in one request.
 * @module
 */

import { messageOf } from "../../plugin.ts";
import type { Confirmation, PartChecksum } from "./checksum.ts";
import type { Completable } from "./completion.ts";
import type { Destination } from "./destination.ts";
import { asPart } from "./part_request.ts";
import type { Store, StoreContext } from "./store.ts";
import type { Expected } from "./stored_object.ts";

/** An object in one request. */
export class PutObject implements Completable {
  readonly expected: Expected;
  /** How the store confirmed it. */
  confirmation: Confirmation = "none";

  constructor(
    private readonly store: Store,
    private readonly to: Destination,
    private readonly checksum: PartChecksum,
    private readonly context: StoreContext,
    private readonly signal: AbortSignal,
  ) {
    const { bytes, base64 } = checksum;
    this.expected = { sizeBytes: bytes.length, sha256: base64, etag: () => checksum.md5 };
  }

  async complete(
    onAnswer: (etag: string | undefined) => void,
    onLost: () => void,
  ): Promise<void> {
    const { bucket, key } = this.to;
    const { options, emit } = this.context;
    const input = {
      Bucket: bucket,
      Key: key,
      Body: this.checksum.bytes,
      ContentLength: this.checksum.bytes.length,
      ChecksumSHA256: this.checksum.base64,
      ...options.storageClass !== undefined && { StorageClass: options.storageClass as never },
    };
    let condition: object = options.overwrite === true ? {} : { IfNoneMatch: "*" };
    await this.store.retry(
      async (client) => {
        const command = new this.store.aws.PutObjectCommand({ ...input, ...condition });
        const answer = await client.send(asPart(command, this.checksum, this.store), {
          abortSignal: this.signal,
        });
        onAnswer(answer.ETag);
        // Should it be wrong, then what is there now is ours, and to be replaced.
        if (answer.ETag !== undefined) condition = { IfMatch: answer.ETag };
        this.confirmation = this.checksum.confirmedBy(answer);
      },
      this.signal,
      (error) => {
        onLost();
        const text = `${key}: sent again, because ${messageOf(error)}`;
        emit({ type: "message", level: "warning", text });
      },
    );
  }

  /** It is made of nothing that the store would still have. */
  isUsedUp(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
