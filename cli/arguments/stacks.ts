/**
 * What the commands that read an image offer for one that was built on another.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { fileValue } from "./file_value.ts";

/** The options, as a parser to be merged into a command's. */
export const stacks = object("Images built with --base", {
  bases: multiple(option("--base", fileValue("IMAGE|FOLDER"), {
    description:
      message`Where an image that IMAGE was built on is, when it is not beside it: the image, or a folder with it.`,
  })),
  layer: optional(option("--layer", {
    description:
      message`Take IMAGE alone, with its marks of what is gone, and not as one tree with the images below it.`,
  })),
});

/** Their values. */
export interface StacksValues {
  readonly bases: readonly string[];
  readonly layer: boolean | undefined;
}

/** The options as `openImage` takes them. */
export function stackOptions(
  { bases, layer }: StacksValues,
): { readonly bases: readonly string[]; readonly layer: boolean } {
  return { bases, layer: layer === true };
}
