/**
 * Steps that stand beside the plugin under test.
 * @module
 */

import type { Step } from "../../mod.ts";

/** Needs a file, and so keeps the steps behind it from being fed a stream. */
export const still: Step = {
  name: "still",
  after: "hash",
  shell: false,
  run: () => {},
};

/** Makes `out.img.shifted` of `out.img`: each byte one higher. */
export const shift: Step = {
  name: "shift",
  after: "hash",
  run: () => {},
  stream: () => ({
    name: "out.img.shifted",
    transform: new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) =>
        controller.enqueue(bytes.map((byte) => byte + 1)),
    }),
  }),
};

/** Fails: `step failing failed: no`. */
export const failing: Step = {
  name: "failing",
  run: () => Promise.reject(new Error("no")),
};
