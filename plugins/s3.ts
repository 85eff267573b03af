/**
 * `s3`: sends the payload and its side files to S3, or to a store that speaks its language.
 *
 * See docs/s3.md.
 * @module
 */

import { type ByteStage, payloadOf, type Step } from "../mod.ts";
import { parseAddress } from "./s3/address.ts";
import { askStore } from "./s3/ask_store.ts";
import { LEAST_PART_BYTES, MOST_PART_BYTES } from "./s3/part_sizes.ts";
import { Store } from "./s3/store.ts";
import { Uploads } from "./s3/uploads.ts";

/** The step. */
const s3: Step = {
  name: "s3",
  summary: "send it and its side files to S3, or a store like it",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  passive: true,
  reads: "parts",
  shell: false,
  options: {
    to: { type: "string", help: "where to: s3://BUCKET/FOLDER", required: true },
    endpoint: { type: "string", help: "the store's address, where it is not Amazon's" },
    region: { type: "string", help: "the bucket's region; AWS_REGION when left out" },
    storageClass: { type: "string", help: "e.g. STANDARD_IA or DEEP_ARCHIVE" },
    partSize: {
      type: "size",
      help: "how much goes in one request",
      least: LEAST_PART_BYTES,
      most: MOST_PART_BYTES,
      default: 8 * 2 ** 20,
    },
    parallel: {
      type: "number",
      help: "parts on their way at a time",
      least: 1,
      most: 64,
      whole: true,
      default: 3,
    },
    retries: {
      type: "number",
      help: "how often a request is made again",
      least: 0,
      most: 20,
      whole: true,
      default: 5,
    },
    overwrite: { type: "boolean", help: "replace what is there", default: false },
    resume: {
      type: "boolean",
      help: "keep the parts of a failed upload in the store, and continue them",
      default: false,
    },
  },
  async check({ options, signal }) {
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
    if (payload.parts !== undefined) return await uploads.sendParts(image, payload);
    const upload = await uploads.sendFile(payload.path, payload.name, payload.sizeBytes);
    return await uploads.finish(image, payload, upload);
  },
  async stream({ name, sizeBytes }, context): Promise<ByteStage> {
    const uploads = await Uploads.open(context);
    const upload = await uploads.begin(name, sizeBytes);
    return {
      sink: new WritableStream({
        write: (bytes) => upload.write(bytes),
        close: () => upload.end(),
      }),
      finish: (image, stored) => uploads.finish(image, stored, upload),
    };
  },
};

export default s3;
