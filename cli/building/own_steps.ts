/**
 * The steps of the built-in recipes, by name.
 * @module
 */

import { recipes } from "../../steps/recipes.ts";

/** Their names, each once, in the order of the recipes. */
export const ownStepNames: readonly string[] = [
  ...new Set(Object.values(recipes).flatMap(({ steps }) => steps.map(({ name }) => name))),
];
