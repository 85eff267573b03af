/**
 * `icecore steps`: the recipes and their steps.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { optionsSchema } from "../../loading/recipe_schema.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { type OptionSchema, rangeOf } from "../../pipeline/options.ts";
import type { Recipe, Step } from "../../pipeline/step.ts";
import { exactSize } from "../../pipeline/words/size.ts";
import { didYouMean } from "../../pipeline/words/suggest.ts";
import { recipes } from "../../steps/recipes.ts";
import { examples } from "../arguments/examples.ts";
import { wordValue } from "../arguments/file_value.ts";
import { plugins, pluginSteps } from "../building/built_in_plugins.ts";
import { ownStepNames } from "../building/own_steps.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";

interface StepsValues extends CommonValues {
  readonly command: "steps";
  readonly step: string | undefined;
}

const stepNames = [...ownStepNames, ...Object.keys(plugins)];

/** The command. */
export const steps = {
  parser: command(
    "steps",
    merge(
      object("What", {
        command: constant("steps"),
        step: optional(argument(wordValue("STEP", stepNames), {
          description: message`Show this step only, with its options.`,
        })),
      }),
      common,
    ),
    {
      brief: briefOf("steps"),
      footer: examples("Examples:", "  icecore steps", "  icecore steps hash", "", ...exitCodes()),
    },
  ),
  async run({ step, json, verbose }: StepsValues): Promise<number> {
    const all = [...Object.values(recipes), await pluginRecipe()];
    const chosen = all.map((recipe) => chosenSteps(recipe, step))
      .filter(({ steps }) => steps.length > 0);
    if (chosen.length === 0) throw unknownStep(step!);
    if (json === true) {
      for (const { name, summary, steps } of chosen) {
        const type = name === PLUGINS ? "plugins" : "recipe";
        printJson({ type, name, summary, steps: steps.map(describe) });
      }
      return EXIT.done;
    }
    for (const recipe of chosen) {
      print(`${recipe.name}: ${recipe.summary}`);
      const width = Math.max(...recipe.steps.map(({ name }) => name.length));
      for (const each of recipe.steps) {
        print(`  ${each.name.padEnd(width)}  ${each.summary ?? ""}`);
        for (const [name, option] of Object.entries(each.options ?? {})) {
          if (step === undefined && verbose !== true) continue;
          print(`  ${" ".repeat(width)}    ${each.name}.${name}  ${optionText(option)}`);
        }
      }
      print("");
    }
    if (step === undefined) print("Options of a step: icecore steps STEP");
    return EXIT.done;
  },
};

const PLUGINS = "plugins";

/** The plugins, listed as a recipe is. */
async function pluginRecipe(): Promise<Recipe> {
  const summary = "steps that --use puts in by their name";
  return { name: PLUGINS, summary, steps: await pluginSteps() };
}

function chosenSteps(recipe: Recipe, name: string | undefined): Recipe {
  if (name === undefined) return recipe;
  return { ...recipe, steps: recipe.steps.filter((step) => step.name === name) };
}

function unknownStep(name: string): UsageError {
  return new UsageError(
    `cannot show the step ${JSON.stringify(name)}: there is no step of that name. ` +
      (didYouMean(name, stepNames) ?? "See all with: icecore steps"),
    "unknown-step",
  );
}

/** A step as data: what a user may choose it by. */
function describe(step: Step): unknown {
  const { name, summary, accepts, leaves, tools, privileged, before, after, changes, digests } =
    step;
  const { options } = step;
  return {
    ...{
      name,
      summary,
      accepts,
      leaves,
      tools,
      privileged,
      before,
      after,
      changes,
      digests,
      options,
    },
    optionsSchema: optionsSchema(step),
  };
}

function optionText(option: OptionSchema): string {
  const { type, help, choices, default: value, unit, whole, secret, required } = option;
  const range = rangeOf(option);
  const shown = type === "size" && typeof value === "number" ? exactSize(value) : value;
  const notes = [
    ...(required === true ? ["required"] : []),
    ...(choices === undefined ? [] : [choices.join(", ")]),
    ...(whole === true ? ["whole"] : []),
    ...(unit === undefined ? [] : [`in ${unit}`]),
    ...(range === undefined ? [] : [range]),
    ...(secret === true ? ["secret, never on the command line"] : []),
    ...(value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
      ? []
      : [`default ${shown}`]),
  ];
  return `${help}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
}
