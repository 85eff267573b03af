/**
 * `--set STEP.OPTION=VALUE`.
 * @module
 */

import { type Pipeline, secretVariable, UsageError } from "../mod.ts";

/** Whether a setting has no value: then a secret is to be asked for. */
export function askedFor(setting: string): boolean {
  return /^[a-z][a-z0-9-]*\.\w+$/.test(setting);
}

/** The pipeline with an option set. @throws UsageError, also for a secret. */
export function withSetting(pipeline: Pipeline, setting: string): Pipeline {
  if (askedFor(setting)) return pipeline;
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
  const placed = pipeline.placed.find((each) => each.step.name === step);
  if (placed?.step.options?.[option]?.secret === true) throw refusal(step, option);
  return pipeline.with(step, { [option]: value });
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
