/**
 * Gives secret options their values: from the environment, from files, or from a terminal.
 * @module
 */

import { hiddenVariable, hideVariables } from "../host/programs/hidden_variables.ts";
import { askSecrets, canAsk, readSecretFile } from "../host/secret_source.ts";
import { InterruptedError, UsageError } from "../pipeline/build_errors.ts";
import type { OptionSchema } from "../pipeline/options.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { secretVariable } from "../pipeline/variable_names.ts";

/**
 * The pipeline with its secret options filled in, where none is given yet: from the environment
 * variable `ICECORE_STEP_OPTION`, from the file that `ICECORE_STEP_OPTION_FILE` names, or, when it
 * is required or to be asked for, from the terminal. All variables that begin with `ICECORE_` are
 * taken out of the environment, whatever the pipeline: nothing that is run later sees them.
 *
 * @param ask Options to be asked for on the terminal, e.g. `age.passphrase`.
 * @throws UsageError when an option is given twice, is not a secret, or cannot be asked for.
 */
export async function withSecrets(
  pipeline: Pipeline,
  { ask = [] }: { readonly ask?: readonly string[] } = {},
): Promise<Pipeline> {
  hideVariables();
  checkAsked(pipeline, ask);
  let result = pipeline;
  for (const { step, given } of pipeline.placed) {
    for (const [name, option] of Object.entries(step.options ?? {})) {
      if (option.secret !== true || given[name] !== undefined) continue;
      const isAsked = ask.includes(`${step.name}.${name}`);
      const found = secretFromEnvironment(step.name, name);
      const wanted = isAsked || (option.required === true && canAsk());
      const value = found ?? (wanted ? await asked(step.name, name, option) : undefined);
      if (value !== undefined) result = result.with(step.name, { [name]: value });
    }
  }
  return result;
}

/**
 * A secret from the variables that were hidden.
 *
 * @throws UsageError when both are set; EnvironmentError when the file cannot be read.
 */
export function secretFromEnvironment(step: string, option: string): string | undefined {
  const variable = secretVariable(step, option);
  const value = hiddenVariable(variable) || undefined;
  const file = hiddenVariable(`${variable}_FILE`) || undefined;
  if (value !== undefined && file !== undefined) {
    throw new UsageError(
      `cannot choose between ${variable} and ${variable}_FILE: both are set. Unset one of them.`,
      "secret-twice",
    );
  }
  return file === undefined ? value : readSecretFile(file, `${variable}_FILE`);
}

async function asked(
  step: string,
  option: string,
  { help, confirm }: OptionSchema,
): Promise<string> {
  if (!canAsk()) {
    const variable = secretVariable(step, option);
    throw new UsageError(
      `cannot ask for ${step}.${option}: this is not a terminal. ` +
        `Put it into ${variable}, or name a file that holds it in ${variable}_FILE.`,
      "no-terminal",
    );
  }
  const again = confirm === true ? [`${step}.${option} once more: `] : [];
  const answers = await askSecrets([`${step}.${option} (${help}): `, ...again]);
  if (answers === undefined) throw new InterruptedError("SIGINT");
  const [answer = ""] = answers;
  if (answers.some((each) => each !== answer)) {
    throw new UsageError(
      `cannot use what was typed for ${step}.${option}: the second time it was something else. ` +
        "Type the same twice.",
      "secrets-differ",
    );
  }
  if (answer !== "") return answer;
  throw new UsageError(`cannot use nothing for ${step}.${option}. Type it.`, "no-secret");
}

function checkAsked(pipeline: Pipeline, ask: readonly string[]): void {
  for (const each of ask) {
    const [step = "", name = ""] = each.split(".");
    const option = pipeline.placed.find((placed) => placed.step.name === step)?.step.options
      ?.[name];
    if (option?.secret === true) continue;
    throw new UsageError(
      `cannot ask for ${each}: ` +
        `${option === undefined ? "there is no such option" : "that option is not a secret"}. ` +
        "Give it a value, or correct the name; see: icecore steps",
      "bad-setting",
      { fields: { option: each } },
    );
  }
}
