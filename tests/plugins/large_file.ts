/**
 * A file in a lab's source that takes a while to be sent.
 * @module
 */

import { writeFileSync } from "node:fs";
import type { Lab } from "../faults/lab.ts";

/**
 * Adds `source/large`, which no program can compress.
 * @param seed makes other bytes
 * @param sizeBytes by default so many that the image has three parts of 5 MiB
 */
export function addLarge(lab: Lab, seed = 1, sizeBytes = 12 * 2 ** 20): void {
  const words = new Uint32Array(sizeBytes / 4).map((_, i) =>
    Math.imul(i + seed, 2654435761)
  );
  writeFileSync(lab.at("source/large"), words);
}
