/**
 * The objects of one build: the payload, its side files, and its digest.
 * @module
 */

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Artifact, Image, Payload, StepContext } from "../../mod.ts";
import { companionsOf, formatDigestLine, messageOf, withArtifact } from "../../plugin.ts";
import { type Address, addressOf, parseAddress } from "./address.ts";
import { awsCommand } from "./aws_command.ts";
import type { options } from "./options.ts";
import { Store } from "./store.ts";
import { Upload } from "./upload.ts";

/** What is reported about an object that may be ours. */
const UNCLEAR = "may be in the store: the answer to the request that makes it was lost";

/** The objects of one build. */
export class Uploads {
  readonly #all: Upload[] = [];

  private constructor(
    private readonly store: Store,
    private readonly address: Address,
    private readonly context: StepContext<typeof options>,
  ) {}

  /** They are taken back when the build fails, be it after all were completed. */
  static async open(context: StepContext<typeof options>): Promise<Uploads> {
    const address = parseAddress(context.options.to);
    const store = await Store.open(context.options);
    const uploads = new Uploads(store, address, context);
    context.defer(() => store.close());
    context.onFailure(() => uploads.#takeBack());
    return uploads;
  }

  /** Sends a file; it appears when it is completed. */
  async sendFile(path: string, name: string, sizeBytes?: number): Promise<Upload> {
    const upload = await this.begin(name, sizeBytes);
    const { signal } = this.context;
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
      await upload.write(piece as Uint8Array);
    }
    await upload.end();
    return upload;
  }

  /** Begins an object. @param sizeBytes Where it is known. */
  async begin(name: string, sizeBytes?: number): Promise<Upload> {
    const { bucket, prefix } = this.address;
    const to = { bucket, key: prefix + name, ...sizeBytes !== undefined && { sizeBytes } };
    const upload = await new Upload(this.store, to, this.context).begin();
    this.#all.push(upload);
    return upload;
  }

  /** Completes the payload, and sends what belongs to it. */
  async finish(image: Image, payload: Payload, upload: Upload): Promise<Image> {
    await upload.complete();
    const companions = await this.#sendCompanions(image, payload);
    const digest = Object.entries(payload.digests)[0];
    const hasDigest = companions.some(({ kind }) => Object.hasOwn(payload.digests, kind));
    if (!hasDigest && digest !== undefined) await this.#sendDigest(payload.name, ...digest);
    return withUrl(image, payload, upload.address);
  }

  /** Sends the files that the payload was cut into, with their manifest and what else belongs to it. */
  async sendParts(image: Image, payload: Payload): Promise<Image> {
    await this.#sendCompanions(image, payload);
    const { bucket, prefix } = this.address;
    return withUrl(image, payload, addressOf(bucket, `${prefix}${payload.name}.manifest`));
  }

  /** Removes what was sent, but for what may have replaced something. Never throws. */
  async #takeBack(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const upload of this.#all) {
      left.push(...await upload.abort());
      const presence = await upload.presence();
      if (presence === "absent") continue;
      const why = presence === "ours" ? await this.#remove(upload.key) : UNCLEAR;
      if (why !== undefined) left.push(this.#warnOfLeft(upload.key, why));
    }
    return left;
  }

  /** @returns Why it stays; `undefined` when it is gone. */
  async #remove(Key: string): Promise<string | undefined> {
    if (this.context.options["overwrite"] === true) {
      return "stays in the store: it may have replaced another, which is gone";
    }
    const remove = new this.store.aws.DeleteObjectCommand({ Bucket: this.address.bucket, Key });
    return await this.store.retry((client) => client.send(remove), undefined)
      .then(() => undefined, (error) => `stays in the store: ${messageOf(error)}`);
  }

  /** Names what stays, and the command that removes it. @returns Its address. */
  #warnOfLeft(key: string, what: string): string {
    const address = addressOf(this.address.bucket, key);
    const remove = awsCommand(["s3", "rm", address], this.context.options);
    const text = `${address} ${what}. To remove it: ${remove}`;
    this.context.emit({ type: "message", level: "warning", text });
    return address;
  }

  async #sendCompanions(image: Image, payload: Payload): Promise<readonly Artifact[]> {
    const companions = companionsOf({ ...image, payload });
    for (const { path, finalPath, sizeBytes } of companions) {
      const name = basename(finalPath);
      const upload = await this.sendFile(path, name, sizeBytes);
      await upload.complete();
    }
    return companions;
  }

  async #sendDigest(name: string, algorithm: string, digest: string): Promise<void> {
    const line = new TextEncoder().encode(`${formatDigestLine({ digest, name })}\n`);
    const upload = await this.begin(`${name}.${algorithm}`, line.length);
    await upload.write(line);
    await upload.complete();
  }
}

function withUrl(image: Image, { sizeBytes }: Payload, url: string): Image {
  return withArtifact(image, {
    kind: "s3",
    path: url,
    finalPath: url,
    sizeBytes,
    details: { url },
  });
}
