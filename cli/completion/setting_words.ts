/**
 * What a shell offers behind `--set`: the options of all steps, and their choices.
 * @module
 */

import type { NonEmptyString } from "@optique/core/nonempty";
import type { Suggestion } from "@optique/core/parser";
import { string, type ValueParser } from "@optique/core/valueparser";
import type { Step } from "../../pipeline/step.ts";

/** Filled before a line is completed: plugins are loaded for nothing else, and parsers do not wait. */
const words: string[] = [];

/** Loads the words, where a line is to be completed that has a `--set`. */
export async function loadSettingWords(args: readonly string[]): Promise<void> {
  if (args[0] !== "completion" || !args.some((arg) => arg.startsWith("--set"))) return;
  const { pluginSteps } = await import("../building/built_in_plugins.ts");
  const { recipes } = await import("../../steps/recipes.ts");
  const steps = [
    ...Object.values(recipes).flatMap((recipe) => recipe.steps),
    ...await pluginSteps(),
  ];
  words.splice(0, words.length, ...settingsOf(steps));
}

/** `STEP.OPTION=`, with each choice where there are choices. A secret has no value on a command line. */
export function settingsOf(steps: readonly Step[]): string[] {
  const found = steps.flatMap(({ name, options = {} }) =>
    Object.entries(options).flatMap(([option, declared]) => {
      const setting = `${name}.${option}`;
      if (declared.secret === true) return [setting];
      if (declared.type === "boolean") return [`${setting}=true`, `${setting}=false`];
      const choices = declared.type === "string" ? declared.choices : undefined;
      return choices === undefined
        ? [`${setting}=`]
        : choices.map((choice) => `${setting}=${choice}`);
    })
  );
  return [...new Set(found)].sort();
}

/** The value of `--set`; each text is one. */
export function settingValue(metavar: NonEmptyString): ValueParser<"sync", string> {
  return {
    ...string({ metavar }),
    suggest: (prefix: string): Suggestion[] =>
      words.filter((word) => word.startsWith(prefix)).map((text) => ({ kind: "literal", text })),
  };
}
