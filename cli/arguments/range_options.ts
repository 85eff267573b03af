/**
 * The options that say which bytes of files are printed.
 * @module
 */

import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { UsageError } from "../../pipeline/build_errors.ts";
import { parseSize } from "../../pipeline/words/size.ts";
import type { CommonValues } from "../output/common_options.ts";

/** The options by the names of their values. */
export const rangeOptions = {
  offset: optional(option("--offset", string({ metavar: "SIZE" }), {
    description: message`Begin at this byte of each file, such as 4096 or 10M.`,
  })),
  length: optional(option("--length", string({ metavar: "SIZE" }), {
    description: message`Print at most so many bytes of each file.`,
  })),
};

/** Their values. */
export interface RangeValues extends CommonValues {
  readonly offset: string | undefined;
  readonly length: string | undefined;
}

/** The bytes that they name. @throws UsageError also where contents are asked for as JSON. */
export function rangeOf({ json, offset, length }: RangeValues): {
  readonly startBytes: number;
  readonly endBytes: number;
} {
  if (json === true) {
    throw new UsageError(
      "cannot print contents as JSON: they are bytes. Leave --json out, or use ls --json.",
      "no-json",
    );
  }
  const startBytes = parseSize(offset ?? "0", "--offset", 0);
  const countBytes = length === undefined ? Infinity : parseSize(length, "--length", 0);
  return { startBytes, endBytes: startBytes + countBytes };
}
