/**
 * A multipart upload: begun or continued, its parts, and its end either way.
 * @module
 */

import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { S3Client as Client } from "@aws-sdk/client-s3";
import { messageOf } from "../../plugin.ts";
import { addressOf } from "./address.ts";
import { awsCommand } from "./aws_command.ts";
import { type Confirmation, isName, type PartChecksum } from "./checksum.ts";
import type { Completable } from "./completion.ts";
import type { Destination } from "./destination.ts";
import { asPart } from "./part_request.ts";
import type { Store, StoreContext } from "./store.ts";
import { factsOf, IncompleteAnswerError } from "./store_errors.ts";
import { bare, type Expected } from "./stored_object.ts";
import { type KnownPart, uploadToResume } from "./resume.ts";

/** A part that is in the store. */
export interface Stored {
  readonly sizeBytes: number;
  readonly confirmation: Confirmation;
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly ChecksumSHA256?: string;
  readonly sizeBytes: number;
  /** As it was sent, in base64. */
  readonly sha256: string;
}

/** How often parts are looked for after an abort: one on its way may arrive behind it. */
const ABORT_ROUNDS = 3;
/** How long a store may still be busy with a part whose connection was cut. */
const SETTLE_MS = 200;

/** An upload in parts. */
export class Multipart implements Completable {
  readonly #parts: SentPart[] = [];
  /** Known once it is aborted. */
  #wasGone: boolean | undefined;

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
    const left = await uploadToResume(store, bucket, key, context, signal);
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
    // Without it, a part would be stored as the object, and aborting would delete the object.
    if (!isName(UploadId)) {
      throw new IncompleteAnswerError("the store began an upload in parts without an UploadId");
    }
    const object = { Bucket: bucket, Key: key, UploadId };
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
        const command = asPart(new this.store.aws.UploadPartCommand(input), checksum, this.store);
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

  /** What the object is to be. */
  get expected(): Expected {
    const parts = this.#inOrder();
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    const of = (algorithm: string, digests: readonly Uint8Array[]) =>
      digests.reduce((hash, digest) => hash.update(digest), createHash(algorithm));
    const digests = parts.map(({ sha256 }) => Uint8Array.fromBase64(sha256));
    return {
      sizeBytes,
      sha256: `${of("sha256", digests).digest("base64")}-${parts.length}`,
      etag: () => {
        const tags = parts.map(({ ETag }) => bare(ETag));
        if (!tags.every((tag) => /^[0-9a-f]{32}$/.test(tag))) return undefined;
        const md5 = of("md5", tags.map((tag) => Uint8Array.fromHex(tag))).digest("hex");
        return `${md5}-${parts.length}`;
      },
    };
  }

  /** Puts the parts together under the object's name. */
  async complete(
    onAnswer: (etag: string | undefined) => void,
    onLost: () => void,
  ): Promise<void> {
    const Parts = this.#inOrder().map(({ sizeBytes: _, sha256: __, ...part }) => part);
    const command = new this.store.aws.CompleteMultipartUploadCommand({
      ...this.object,
      MultipartUpload: { Parts },
      ...this.context.options.overwrite !== true && { IfNoneMatch: "*" },
    });
    const { signal } = this;
    const send = (client: Client) => client.send(command, { abortSignal: signal });
    const { ETag } = await this.store.retry(send, signal, onLost);
    onAnswer(ETag);
  }

  /** Whether the upload was gone before it was aborted, as after it was completed. */
  async isUsedUp(): Promise<boolean> {
    if (this.#wasGone !== undefined) return this.#wasGone;
    const list = new this.store.aws.ListPartsCommand({ ...this.object, MaxParts: 1 });
    const { signal } = this;
    return await this.store.retry((client) => client.send(list, { abortSignal: signal }), signal)
      .then(() => false, (error) => factsOf(error).status === 404);
  }

  /**
   * Removes all parts from the store, unless they are to be continued later. Never throws.
   *
   * @returns What stays, or may.
   */
  async abort(): Promise<readonly string[]> {
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
    const abort = new aws.AbortMultipartUploadCommand(this.object);
    const isGone = await this.store.retry((client) => client.send(abort), undefined)
      .then(() => false, (error) => {
        if (factsOf(error).name !== "NoSuchUpload") throw error;
        return true;
      });
    this.#wasGone ??= isGone;
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
    const { ETag, ChecksumSHA256 } = answer;
    if (!isName(ETag)) {
      throw new IncompleteAnswerError(`the store gave part ${number} no ETag to name it by`);
    }
    this.#parts.push({
      PartNumber: number,
      ETag,
      ...ChecksumSHA256 !== undefined && { ChecksumSHA256 },
      sizeBytes,
      sha256: checksum.base64,
    });
    return { sizeBytes, confirmation };
  }

  #inOrder(): readonly SentPart[] {
    return this.#parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
  }
}
