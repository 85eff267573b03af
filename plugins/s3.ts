/**
 * `s3`: sends the payload and its side files to S3, or to a store that speaks its language.
 *
 * See docs/s3.md.
 * @module
 */

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import {
  type Artifact,
  type ByteStage,
  companionsOf,
  formatDigestLine,
  type Image,
  messageOf,
  type Payload,
  payloadOf,
  type Step,
  type StepContext,
  withArtifact,
} from "../mod.ts";
import { type Address, addressOf, parseAddress } from "./s3/address.ts";
import { askStore, checkAmounts } from "./s3/check.ts";
import { Store } from "./s3/store.ts";
import { Upload } from "./s3/upload.ts";

/** The step. */
const s3: Step = {
  name: "s3",
  summary: "send it and its side files to S3, or a store like it",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  passive: true,
  shell: false,
  options: {
    to: { type: "string", help: "where to: s3://BUCKET/FOLDER", required: true },
    endpoint: { type: "string", help: "the store's address, where it is not Amazon's" },
    region: { type: "string", help: "the bucket's region; AWS_REGION when left out" },
    storageClass: { type: "string", help: "e.g. STANDARD_IA or DEEP_ARCHIVE" },
    partSize: { type: "size", help: "how much goes in one request", default: 8 * 2 ** 20 },
    parallel: { type: "number", help: "parts on their way at a time", default: 3 },
    retries: { type: "number", help: "how often a request is made again", default: 5 },
    overwrite: { type: "boolean", help: "replace what is there", default: false },
    resume: {
      type: "boolean",
      help: "keep the parts of a failed upload in the store, and continue them",
      default: false,
    },
  },
  async check({ options, signal }) {
    checkAmounts(options);
    const { bucket, prefix } = parseAddress(options["to"] as string);
    const store = await Store.open(options);
    try {
      await askStore(store, { bucket, prefix }, signal);
    } finally {
      store.close();
    }
  },
  async run(image, context) {
    const payload = payloadOf(image);
    const uploads = await Uploads.open(context);
    try {
      const upload = await uploads.begin(payload.name, payload.sizeBytes);
      await sendFile(payload.path, upload, context.signal);
      return await uploads.finish(image, payload, upload);
    } catch (error) {
      await uploads.abort();
      throw error;
    } finally {
      uploads.close();
    }
  },
  async stream({ name, sizeBytes }, context): Promise<ByteStage> {
    const uploads = await Uploads.open(context);
    const upload = await uploads.begin(name, sizeBytes).catch((error) => {
      uploads.close();
      throw error;
    });
    return {
      sink: new WritableStream({
        write: (bytes) => upload.write(bytes),
        close: () => upload.end(),
      }),
      async finish(image, stored) {
        try {
          return await uploads.finish(image, stored, upload);
        } catch (error) {
          await uploads.abort();
          throw error;
        } finally {
          uploads.close();
        }
      },
      async abort() {
        await uploads.abort();
        uploads.close();
      },
    };
  },
};

export default s3;

/** The objects of one build. */
class Uploads {
  readonly #all: Upload[] = [];
  readonly #completed: string[] = [];

  private constructor(
    private readonly store: Store,
    private readonly address: Address,
    private readonly context: StepContext,
  ) {}

  static async open(context: StepContext): Promise<Uploads> {
    const address = parseAddress(context.options["to"] as string);
    return new Uploads(await Store.open(context.options), address, context);
  }

  async begin(name: string, sizeBytes?: number): Promise<Upload> {
    const { bucket, prefix } = this.address;
    const to = { bucket, key: prefix + name, ...sizeBytes !== undefined && { sizeBytes } };
    const upload = await new Upload(this.store, to, this.context).begin();
    this.#all.push(upload);
    return upload;
  }

  /** Completes the payload, and sends what belongs to it. */
  async finish(image: Image, payload: Payload, upload: Upload): Promise<Image> {
    await this.#complete(upload, payload.name);
    const companions = companionsOf({ ...image, payload });
    for (const companion of companions) await this.#sendCompanion(companion);
    const digest = Object.entries(payload.digests)[0];
    const hasDigest = companions.some(({ kind }) => Object.hasOwn(payload.digests, kind));
    if (!hasDigest && digest !== undefined) await this.#sendDigest(payload.name, ...digest);
    return withArtifact(image, {
      kind: "s3",
      path: upload.address,
      finalPath: upload.address,
      sizeBytes: payload.sizeBytes,
      details: { url: upload.address },
    });
  }

  /** Takes back what was sent, but not what may have replaced something. */
  async abort(): Promise<void> {
    for (const upload of this.#all) await upload.abort();
    if (this.context.options["overwrite"] === true) return;
    for (const Key of this.#completed.splice(0)) {
      const { bucket: Bucket } = this.address;
      const remove = new this.store.aws.DeleteObjectCommand({ Bucket, Key });
      await this.store.retry((client) => client.send(remove), undefined).catch((error) => {
        const text = `${addressOf(Bucket, Key)} stays in the store: ${messageOf(error)}`;
        this.context.emit({ type: "message", level: "warning", text });
      });
    }
  }

  close(): void {
    this.store.close();
  }

  async #complete(upload: Upload, name: string): Promise<void> {
    await upload.complete();
    this.#completed.push(this.address.prefix + name);
  }

  async #sendCompanion({ path, finalPath, sizeBytes }: Artifact): Promise<void> {
    const name = basename(finalPath);
    const upload = await this.begin(name, sizeBytes);
    await sendFile(path, upload, this.context.signal);
    await this.#complete(upload, name);
  }

  async #sendDigest(name: string, algorithm: string, digest: string): Promise<void> {
    const upload = await this.begin(`${name}.${algorithm}`);
    await upload.write(new TextEncoder().encode(`${formatDigestLine({ digest, name })}\n`));
    await this.#complete(upload, `${name}.${algorithm}`);
  }
}

async function sendFile(path: string, upload: Upload, signal: AbortSignal): Promise<void> {
  const bytes = createReadStream(path, { highWaterMark: 2 ** 20, signal });
  for await (const piece of bytes) await upload.write(piece as Uint8Array);
  await upload.end();
}
