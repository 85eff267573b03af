/**
 * `--set STEP.OPTION=VALUE`.
 * @module
 */

import { UsageError } from "../../pipeline/build_errors.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { secretVariable } from "../../pipeline/variable_names.ts";
import { recipes } from "../../steps/recipes.ts";
import { plugins } from "./built_in_plugins.ts";

/** Whether a setting has no value: then a secret is to be asked for. */
export function askedFor(setting: string): boolean {
  return /^[a-z][a-z0-9-]*\.\w+$/.test(setting);
}

/**
 * The pipeline with options set. Of one that is set again the last counts; to a list it adds.
 *
 * @throws UsageError, also for a secret.
 */
export function withSettings(pipeline: Pipeline, settings: readonly string[]): Pipeline {
  const lists = new Map<string, string>();
  let result = pipeline;
  for (const setting of settings) requireStep(/^[^.=:]*/.exec(setting)![0], setting, pipeline);
  for (const setting of settings.filter((each) => !askedFor(each))) {
    const { step, option, value } = parsed(setting);
    const declared = result.placed.find((each) => each.step.name === step)?.step.options?.[option];
    if (declared?.secret === true) throw refusal(step, option);
    const name = `${step}.${option}`;
    const before = declared?.type === "strings" ? lists.get(name) : undefined;
    const whole = before === undefined ? value : `${before},${value}`;
    lists.set(name, whole);
    result = result.with(step, { [option]: whole });
  }
  return result;
}

/** Says how a step that is not there is put in, where that is known. */
function requireStep(step: string, setting: string, { names, name }: Pipeline): void {
  if (names.includes(step)) return;
  const recipe = Object.values(recipes)
    .find((each) => each.name !== name && each.steps.some((one) => one.name === step));
  const how = Object.hasOwn(plugins, step)
    ? `Add it with --use ${step}.`
    : recipe === undefined
    ? undefined
    : `It is one of recipe ${recipe.name}: build with --recipe ${recipe.name}.`;
  if (how === undefined) return;
  const option = /^\.\w*/.exec(setting.slice(step.length))?.[0] ?? "";
  throw new UsageError(
    `cannot set ${step}${option}: there is no step ${step} in this build. ${how}`,
    "unknown-step",
  );
}

function parsed(setting: string): Readonly<Record<"step" | "option" | "value", string>> {
  const match = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(setting);
  if (match === null) {
    // No more of it is shown: behind a mistyped sign there may be a secret.
    const shown = /^[\w.-]*/.exec(setting)![0];
    throw new UsageError(
      `cannot use --set ${shown}…: it is not of the form STEP.OPTION=VALUE. ` +
        "See the options with: icecore steps",
      "bad-setting",
    );
  }
  const [, step = "", option = "", value = ""] = match;
  return { step, option, value };
}

function refusal(step: string, option: string): UsageError {
  const variable = secretVariable(step, option);
  return new UsageError(
    `cannot take ${step}.${option} from the command line: it is a secret, and others can see the ` +
      `arguments of a process. Put it into the environment variable ${variable}, name a file ` +
      `that holds it in ${variable}_FILE, or write --set ${step}.${option} to be asked for it.`,
    "secret-on-command-line",
  );
}
