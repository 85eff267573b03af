/**
 * `s3`: sends the payload and its side files to S3, or to a store that speaks its language.
 *
 * See docs/s3.md.
 * @module
 */

import { type ByteStage, defineStep } from "../mod.ts";
import { payloadOf } from "../plugin.ts";
import { parseAddress } from "./s3/address.ts";
import { askStore } from "./s3/ask_store.ts";
import { options } from "./s3/options.ts";
import { Store } from "./s3/store.ts";
import { Uploads } from "./s3/uploads.ts";

/** The step. */
const s3 = defineStep({
  name: "s3",
  summary: "send it and its side files to S3, or a store like it",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  passive: true,
  reads: "parts",
  shell: false,
  options,
  async check({ options, signal }) {
    const { bucket, prefix } = parseAddress(options.to);
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
});

export default s3;
