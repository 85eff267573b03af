/**
 * A multipart upload: begun or continued, its parts, and its end either way.
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { S3Client as Client } from "@aws-sdk/client-s3";
import { messageOf } from "../../plugin.ts";
import { addressOf } from "./address.ts";
import { awsCommand } from "./aws_command.ts";
import type { Confirmation, PartChecksum } from "./checksum.ts";
import { factsOf } from "./errors.ts";
import { asPart } from "./part_request.ts";
import type { Store, StoreContext } from "./store.ts";
import { findUnfinished, type KnownPart } from "./unfinished.ts";
import type { Destination } from "./destination.ts";

/** A part that is in the store. */
export interface Stored {
  readonly sizeBytes: number;
  readonly confirmation: Confirmation;
}

interface CompletedPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumSHA256?: string;
}

/** How often parts are looked for after an abort: one on its way may arrive behind it. */
const ABORT_ROUNDS = 3;
/** How long a store may still be busy with a part whose connection was cut. */
const SETTLE_MS = 200;

/** An upload in parts. */
export class Multipart {
  readonly #parts: CompletedPart[] = [];
  #isPastRecall = false;

  private constructor(
    private readonly store: Store,
    private readonly object: {
      readonly Bucket: string;
      readonly Key: string;
      readonly UploadId: string;
    },
    private readonly known: ReadonlyMap<number, KnownPart>,
    private readonly context: StoreContext,
    private readonly signal: AbortSignal,
  ) {}

  /** Begins one, or with the option `resume` continues one that was left. */
  static async begin(
    store: Store,
    { bucket, key }: Destination,
    context: StoreContext,
    signal: AbortSignal,
  ): Promise<Multipart> {
    const { options } = context;
    const left = options.resume === true
      ? await findUnfinished(store, bucket, key, context, signal)
      : undefined;
    if (left !== undefined) {
      const object = { Bucket: bucket, Key: key, UploadId: left.uploadId };
      return new Multipart(store, object, left.parts, context, signal);
    }
    const command = new store.aws.CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      ChecksumAlgorithm: "SHA256",
      ...options.storageClass !== undefined &&
        { StorageClass: options.storageClass as never },
    });
    // Not ended by the signal: an upload that was begun unheard of could not be aborted.
    const { UploadId } = await store.retry((client) => client.send(command), signal);
    const object = { Bucket: bucket, Key: key, UploadId: UploadId! };
    return new Multipart(store, object, new Map(), context, signal);
  }

  /** Sends a part, until the store has confirmed it. */
  async send(number: number, checksum: PartChecksum): Promise<Stored> {
    const { bytes } = checksum;
    const known = this.known.get(number);
    if (known !== undefined && checksum.isThatOf(known)) {
      return this.#keep(number, checksum, known, bytes.length);
    }
    const input = {
      ...this.object,
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.length,
      ChecksumSHA256: checksum.base64,
    };
    return await this.store.retry(
      async (client) => {
        const command = asPart(new this.store.aws.UploadPartCommand(input), checksum);
        const answer = await client.send(command, { abortSignal: this.signal });
        return this.#keep(number, checksum, answer, bytes.length);
      },
      this.signal,
      (error) => {
        const text = `part ${number} is sent again: ${messageOf(error)}`;
        this.context.emit({ type: "message", level: "warning", text });
      },
    );
  }

  /** Puts the parts together under the object's name. @param sizeBytes Of all parts. */
  async complete(sizeBytes: number, signal: AbortSignal): Promise<void> {
    const Parts = [...this.#parts].sort((a, b) => a.PartNumber - b.PartNumber);
    const command = new this.store.aws.CompleteMultipartUploadCommand({
      ...this.object,
      MultipartUpload: { Parts },
      ...this.context.options.overwrite !== true && { IfNoneMatch: "*" },
    });
    try {
      await this.store.retry((client) => client.send(command, { abortSignal: signal }), signal);
    } catch (error) {
      // It may have been completed by a request whose answer was lost, here or in the runtime.
      const { name, status } = factsOf(error);
      const mayBeDone = name === "NoSuchUpload" || status === 404 || status === 412;
      if (!mayBeDone || !await this.#isComplete(sizeBytes, signal)) throw error;
    }
    this.#isPastRecall = true;
  }

  /**
   * Removes all parts from the store, unless they are to be continued later. Never throws.
   *
   * @returns What stays, or may.
   */
  async abort(): Promise<readonly string[]> {
    if (this.#isPastRecall) return [];
    if (this.context.options.resume === true) {
      return this.#warn("parts stay in the store and cost money; the next build continues them");
    }
    try {
      for (let round = 0; round < ABORT_ROUNDS && await this.#abortOnce(); round++);
      return [];
    } catch (error) {
      return this.#warn(`parts may stay in the store and cost money: ${messageOf(error)}`);
    }
  }

  /** @returns Whether parts are left. */
  async #abortOnce(): Promise<boolean> {
    const { aws } = this.store;
    await this.store.retry(async (client) => {
      await client.send(new aws.AbortMultipartUploadCommand(this.object)).catch((error) => {
        if (factsOf(error).name !== "NoSuchUpload") throw error;
      });
    }, undefined);
    await setTimeout(SETTLE_MS);
    try {
      const list = new aws.ListPartsCommand({ ...this.object, MaxParts: 1 });
      const { Parts = [] } = await this.store.retry((client) => client.send(list), undefined);
      return Parts.length > 0;
    } catch (error) {
      const { status } = factsOf(error);
      // Gone, or not for these credentials to look at, or a store that lists none.
      if (status !== undefined && status >= 400) return false;
      throw error;
    }
  }

  /** @returns What it warns of, in short. */
  #warn(what: string): readonly string[] {
    const { Bucket, Key, UploadId } = this.object;
    const address = addressOf(Bucket, Key);
    const ids = ["--bucket", Bucket, "--key", Key, "--upload-id", UploadId];
    const words = ["s3api", "abort-multipart-upload", ...ids];
    const remove = awsCommand(words, this.context.options);
    const text = `${address}: ${what}. To remove them: ${remove}`;
    this.context.emit({ type: "message", level: "warning", text });
    return [`parts of ${address}`];
  }

  #keep(
    number: number,
    checksum: PartChecksum,
    answer: KnownPart,
    sizeBytes: number,
  ): Stored {
    const confirmation = checksum.confirmedBy(answer);
    this.#parts.push({
      PartNumber: number,
      ETag: answer.ETag,
      ...answer.ChecksumSHA256 !== undefined && { ChecksumSHA256: answer.ChecksumSHA256 },
    });
    return { sizeBytes, confirmation };
  }

  /** Whether the store has made the object of this upload: the upload is gone, the object there. */
  async #isComplete(sizeBytes: number, signal: AbortSignal): Promise<boolean> {
    const { aws } = this.store;
    const { Bucket, Key } = this.object;
    const ask = <T>(request: (client: Client) => Promise<T>) => this.store.retry(request, signal);
    const parts = new aws.ListPartsCommand({ ...this.object, MaxParts: 1 });
    const isGone = await ask((client) => client.send(parts, { abortSignal: signal }))
      .then(() => false, (error) => factsOf(error).status === 404);
    if (!isGone) return false;
    const head = new aws.HeadObjectCommand({ Bucket, Key });
    const { ContentLength } = await ask((client) => client.send(head, { abortSignal: signal }));
    return ContentLength === sizeBytes;
  }
}
