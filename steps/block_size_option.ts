/**
 * The block size as an option; `allocate` and `format` both have it.
 * @module
 */

import type { BlockSizeBytes } from "../ext4/numbers.ts";
import type { OptionSchema, OptionValues } from "../pipeline/options.ts";

/** The option's schema. */
export const BLOCK_SIZE_OPTION = {
  type: "string",
  help: "bytes of a block; auto takes what gives the smallest image",
  choices: ["auto", "1024", "2048", "4096"],
  default: "auto",
} as const satisfies OptionSchema;

/** The option's value. */
export function blockSizeOf(
  { options: { blockSize } }: {
    readonly options: OptionValues<{ readonly blockSize: typeof BLOCK_SIZE_OPTION }>;
  },
): BlockSizeBytes | "auto" {
  return blockSize === "auto" ? "auto" : Number(blockSize) as BlockSizeBytes;
}
