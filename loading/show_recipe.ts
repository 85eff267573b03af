/**
 * A built-in recipe as a recipe file to start from.
 * @module
 */

import type { Recipe, Step } from "../pipeline/step.ts";
import type { ListedStep, RecipeDocument, WrittenOptions } from "./recipe_document.ts";

/** All steps in their order, with the options that have a default. */
export function recipeDocument({ name, summary, steps }: Recipe, schema: string): RecipeDocument {
  return { $schema: schema, name, summary, steps: steps.map(listed) };
}

function listed({ name, options = {} }: Step): string | ListedStep {
  const defaults = Object.fromEntries(
    Object.entries(options).flatMap(([option, { default: value, secret }]) =>
      value === undefined || secret === true ? [] : [[option, value]]
    ),
  ) as WrittenOptions;
  return Object.keys(defaults).length === 0 ? name : { step: name, options: defaults };
}
