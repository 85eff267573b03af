/**
 * `icecore steps`: the recipes and their steps.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import {
  didYouMean,
  type OptionSchema,
  type Recipe,
  recipes,
  type Step,
  UsageError,
} from "../mod.ts";
import { common, type CommonValues } from "./common.ts";
import { examples } from "./examples.ts";
import { EXIT } from "./exit_codes.ts";
import { print, printJson } from "./output.ts";

interface StepsValues extends CommonValues {
  readonly command: "steps";
  readonly step: string | undefined;
}

/** The command. */
export const steps = {
  parser: command(
    "steps",
    merge(
      object("What", {
        command: constant("steps"),
        step: optional(argument(string({ metavar: "STEP" }), {
          description: message`Show this step only, with its options.`,
        })),
      }),
      common,
    ),
    {
      brief: message`List the recipes, their steps and their options.`,
      footer: examples("Examples:", "  icecore steps", "  icecore steps hash"),
    },
  ),
  run({ step, json, verbose }: StepsValues): number {
    const chosen = Object.values(recipes).map((recipe) => chosenSteps(recipe, step));
    if (chosen.every(({ steps }) => steps.length === 0)) throw unknownStep(step!);
    if (json === true) {
      for (const { name, summary, steps } of chosen) {
        printJson({ type: "recipe", name, summary, steps: steps.map(describe) });
      }
      return EXIT.done;
    }
    for (const recipe of chosen.filter(({ steps }) => steps.length > 0)) {
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

function chosenSteps(recipe: Recipe, name: string | undefined): Recipe {
  if (name === undefined) return recipe;
  return { ...recipe, steps: recipe.steps.filter((step) => step.name === name) };
}

function unknownStep(name: string): UsageError {
  const names = [...new Set(Object.values(recipes).flatMap(({ steps }) => steps))]
    .map((step) => step.name);
  return new UsageError(
    `cannot show the step ${JSON.stringify(name)}: there is none of that name. ` +
      (didYouMean(name, names) ?? "See all with: icecore steps"),
    "unknown-step",
  );
}

/** A step as data: all that it declares, without its functions. */
function describe({ name, summary, accepts, leaves, tools, privileged, options }: Step): unknown {
  return { name, summary, accepts, leaves, tools, privileged, options };
}

function optionText({ help, choices, default: value, unit }: OptionSchema): string {
  const notes = [
    ...(choices === undefined ? [] : [choices.join(", ")]),
    ...(unit === undefined ? [] : [`in ${unit}`]),
    ...(value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
      ? []
      : [`default ${value}`]),
  ];
  return `${help}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
}
