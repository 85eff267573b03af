/**
 * The options of `s3`.
 * @module
 */

import type { OptionsSchema } from "../../mod.ts";
import { LEAST_PART_BYTES, MOST_PART_BYTES } from "./part_sizes.ts";

/** By name. */
export const options = {
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
} as const satisfies OptionsSchema;
