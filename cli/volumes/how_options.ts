/**
 * How the images of volumes are built: the options that `build` has for it, as a pipeline, and as
 * arguments of the processes that build one volume each.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { ALGORITHMS } from "../../host/digests/file_digest.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { recipes } from "../../steps/recipes.ts";
import { fileValue, wordValue } from "../arguments/file_value.ts";
import { looseChoice } from "../arguments/loose_choice.ts";
import { pipelineOf } from "../building/build_request.ts";
import { plugins } from "../building/built_in_plugins.ts";
import { ownStepNames } from "../building/own_steps.ts";
import { sendConsoleToStderr } from "../building/send_console.ts";

const pluginNames = Object.keys(plugins);
const recipeNames = Object.keys(recipes);
const BLOCK_SIZES = ["auto", "1024", "2048", "4096"] as const;

/** The options, as a parser to be merged into a command's. */
export const how = object("How", {
  recipe: optional(option("--recipe", fileValue("RECIPE", "any", recipeNames), {
    description: message`Which steps: ${text(recipeNames.join(" or "))}, or a recipe file.`,
  })),
  use: multiple(
    option("--use", fileValue("[before:STEP=|after:STEP=]PLUGIN", "any", pluginNames), {
      description: message`Put in a step, as build does: ${text(pluginNames.join(", "))}, …`,
    }),
  ),
  set: multiple(option("--set", string({ metavar: "STEP.OPTION=VALUE" }), {
    description: message`Set an option of a step. See: icecore steps`,
  })),
  without: multiple(option("--without", wordValue("STEP", ownStepNames), {
    description: message`Leave a step out.`,
  })),
  hash: optional(option("--hash", looseChoice(ALGORITHMS, "ALGORITHM"), {
    description: message`The digest's algorithm: ${text(ALGORITHMS.join(", "))}. Default: sha512.`,
  })),
  blockSize: optional(option("--block-size", looseChoice(BLOCK_SIZES, "SIZE"), {
    description: message`Bytes of a block: 1024, 2048, 4096, or auto, the default.`,
  })),
  dedupe: optional(option("--dedupe", {
    description: message`Store equal files of a volume once.`,
  })),
  trust: optional(option("--trust", {
    description: message`Use a recipe file, and steps that it names, that others may have written.`,
  })),
  strict: optional(option("--strict", {
    description:
      message`Fail, and leave no image, when a source file could not be read or changed.`,
  })),
  acceptLosses: optional(option("--accept-losses", {
    description:
      message`End with 0, not 3, where something could not be stored or is gone; it is named all the same.`,
  })),
});

/** Their values. */
export interface HowValues {
  readonly recipe: string | undefined;
  readonly use: readonly string[];
  readonly set: readonly string[];
  readonly without: readonly string[];
  readonly hash: string | undefined;
  readonly blockSize: "auto" | "1024" | "2048" | "4096" | undefined;
  readonly dedupe: boolean | undefined;
  readonly trust: boolean | undefined;
  readonly strict: boolean | undefined;
  readonly acceptLosses: boolean | undefined;
}

/** The pipeline that they ask for. @throws UsageError, PluginError */
export async function volumePipeline(values: HowValues): Promise<Pipeline> {
  sendConsoleToStderr();
  return await pipelineOf({
    recipe: values.recipe,
    use: values.use,
    set: values.set,
    without: values.without,
    hash: values.hash,
    blockSize: values.blockSize,
    dedupe: values.dedupe,
    trust: values.trust,
  });
}

/** The same as arguments. */
export function howArgs(values: HowValues): string[] {
  const { recipe, use, set, without, hash, blockSize, dedupe, trust, strict } = values;
  const each = (flag: string, given: readonly string[]) => given.flatMap((value) => [flag, value]);
  const one = (flag: string, value: string | undefined) => value === undefined ? [] : [flag, value];
  const is = (flag: string, value: boolean | undefined) => value === true ? [flag] : [];
  return [
    ...one("--recipe", recipe),
    ...each("--use", use),
    ...each("--set", set),
    ...each("--without", without),
    ...one("--hash", hash),
    ...one("--block-size", blockSize),
    ...is("--dedupe", dedupe),
    ...is("--trust", trust),
    ...is("--strict", strict),
  ];
}
