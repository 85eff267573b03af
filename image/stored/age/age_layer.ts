/**
 * Images that were encrypted with age.
 *
 * Format: https://age-encryption.org/v1
 * @module
 */

import type { Layer } from "../layer.ts";
import { startsWith } from "../starts_with.ts";
import { AGE_MAGIC, readHeader } from "./header.ts";

/** An age file, without armor. */
export const ageLayer: Layer = {
  name: "age",
  matches: (head) => startsWith(head, AGE_MAGIC),
  async open(source, { options }) {
    const header = await readHeader(source);
    // What decrypts is loaded only where something is encrypted.
    const [{ fileKeyOf }, { openPayload }] = await Promise.all([
      import("./file_key.ts"),
      import("./payload.ts"),
    ]);
    const fileKey = await fileKeyOf(header, source.shownName, options);
    return await openPayload(source, header.bytes.length, fileKey, options);
  },
};
