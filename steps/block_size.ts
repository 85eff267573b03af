/**
 * The block size as an option; `allocate` and `format` both have it.
 * @module
 */

import type { OptionSchema } from "../pipeline/options.ts";
import type { StepContext } from "../pipeline/step.ts";
import type { BlockSize } from "./e2fsprogs/needs.ts";

/** The option's schema. */
export const BLOCK_SIZE_OPTION: OptionSchema = {
  type: "string",
  help: "bytes of a block; auto takes what gives the smallest image",
  choices: ["auto", "1024", "2048", "4096"],
  default: "auto",
};

/** The option's value. */
export function blockSizeOf({ options }: StepContext): BlockSize | "auto" {
  const value = options["blockSize"];
  return value === "auto" ? "auto" : Number(value) as BlockSize;
}
