/**
 * Images that were compressed with zstd, as a layer.
 * @module
 */

import type { Layer } from "../layer.ts";
import { startsWith } from "../starts_with.ts";

/** A zstd file. */
export const zstdLayer: Layer = {
  name: "zstd",
  matches: (head) => startsWith(head, "\x28\xb5\x2f\xfd"),
  async open(source) {
    // Loaded where it is met: most images are stored as they are.
    const { openZstd } = await import("./zstd_source.ts");
    return await openZstd(source);
  },
};
