/**
 * The block size as an option; `allocate` and `format` both have it.
 * @module
 */

import type { BlockSizeBytes } from "../ext4/numbers.ts";
import type { OptionSchema } from "../pipeline/options.ts";
import type { CheckContext } from "../pipeline/step.ts";

/** The option's schema. */
export const BLOCK_SIZE_OPTION: OptionSchema = {
  type: "string",
  help: "bytes of a block; auto takes what gives the smallest image",
  choices: ["auto", "1024", "2048", "4096"],
  default: "auto",
};

/** The option's value. */
export function blockSizeOf({ options }: CheckContext): BlockSizeBytes | "auto" {
  const value = options["blockSize"];
  return value === "auto" ? "auto" : Number(value) as BlockSizeBytes;
}
