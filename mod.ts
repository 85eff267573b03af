/**
 * icecore turns folders into one small, read-only, checksummed ext4 image.
 *
 * @example Build an image, as root, with the kernel writing the files
 * ```ts ignore
 * import { pipeline, recipes } from "icecore";
 *
 * const { image } = await pipeline(recipes.e2fsprogs).run({
 *   sources: ["/srv/photos"],
 *   output: "/backup/photos.img",
 * });
 * console.log(image.digests.sha512, image.path);
 * ```
 * @module
 */

import { machine } from "./host/machine.ts";
import { Pipeline } from "./pipeline/pipeline.ts";
import type { Recipe } from "./pipeline/step.ts";

/** A pipeline of a recipe's steps, on this machine. */
export function pipeline(recipe: Recipe): Pipeline {
  return Pipeline.of(recipe, machine);
}
export { recipes } from "./steps/recipes.ts";
