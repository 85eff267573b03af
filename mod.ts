/**
 * icecore turns folders into one small, read-only, checksummed ext4 image.
 *
 * A pipeline is a list of steps; `recipes` has the usual ones. Insert your own anywhere:
 *
 * ```ts
 * import { pipeline, recipes, type Step } from "icecore";
 *
 * const upload: Step = {
 *   name: "upload",
 *   summary: "copy the image to the vault",
 *   after: "hash",
 *   async run(image, { $ }) {
 *     await $`scp ${image.path} vault:${image.name}`;
 *   },
 * };
 *
 * const backup = pipeline(recipes.native).use(upload);
 * ```
 *
 * Images are read by `icecore/read`; `icecore/plugin` has what many steps need.
 *
 * @module
 */

// First: an executable that was started to run a zx script does nothing else.
import "./loading/zx_process.ts";
import { machine } from "./host/machine.ts";
import { Pipeline } from "./pipeline/pipeline.ts";
import type { Recipe, Step } from "./pipeline/step.ts";
import { sinceStep } from "./steps/since.ts";

/** A pipeline of a recipe's steps, to be run on this machine. */
export function pipeline(recipe: Recipe): Pipeline {
  return Pipeline.of(recipe, machine);
}

/**
 * The step that makes an image a layer on another one: of what was scanned, only what changed since
 * its option `base` was made is stored. It goes behind `scan`.
 *
 * ```ts
 * import { pipeline, recipes, since } from "icecore";
 *
 * const nightly = pipeline(recipes.native).use(since, { base: "/backup/photos-full.img" });
 * ```
 */
export const since: Step = sinceStep(async (location, { identityFiles, ...options }) => {
  const { openBase } = await import("./image/base_image.ts");
  const { readIdentity } = await import("./loading/identity_file.ts");
  return await openBase(location, { ...options, identities: identityFiles.map(readIdentity) });
});

export { recipes } from "./steps/recipes.ts";
export { loadStep } from "./loading/load_step.ts";
export { loadRecipe } from "./loading/recipe_file.ts";
export { withSecrets } from "./loading/secret_options.ts";
export { mergeImage } from "./image/merge_image.ts";
export { watchSignals } from "./host/ends/signals.ts";

export type { Pipeline } from "./pipeline/pipeline.ts";
export type { BuildRequest, BuildResult } from "./pipeline/running/run.ts";
export type { DryRun } from "./pipeline/running/dry_run.ts";
export type { BuildEvent } from "./pipeline/events.ts";

export { defineStep } from "./pipeline/step.ts";
export type { CheckContext, Outcome, Recipe, Shell, Step, StepContext } from "./pipeline/step.ts";
export type { ByteStage } from "./pipeline/byte_stage.ts";
export type { OptionsSchema, OptionValues } from "./pipeline/options.ts";
export type { Artifact, Image, Payload } from "./pipeline/image.ts";
export type { Problem } from "./pipeline/problem.ts";

export {
  InterruptedError,
  SourceError,
  StepError,
  UsageError,
  VerificationError,
} from "./pipeline/build_errors.ts";
export { EnvironmentError } from "./host/environment_error.ts";
export { ToolError } from "./host/programs/tool_error.ts";
