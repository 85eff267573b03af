/**
 * By which steps a volume was built, and whether those that are asked for now were among them.
 * @module
 */

import type { OptionValues } from "../../pipeline/options.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";

/** A step that has a part in what there is in the end. */
export interface BuiltStep {
  readonly name: string;
  /** Its options as given or by default; none that is secret. */
  readonly options: OptionValues;
}

/**
 * The steps of a pipeline that make, send or add something: neither the scan, which is the plan's,
 * nor those that only check or report.
 */
export function stepsOf({ placed }: Pipeline): BuiltStep[] {
  return placed
    .filter(({ step: { name, passive, digests, reads } }) =>
      name !== "scan" && (passive !== true || digests === true || reads !== undefined)
    )
    .map(({ step: { name, options = {} }, given }) => ({
      name,
      options: Object.fromEntries(
        Object.entries(options)
          .filter(([, { secret }]) => secret !== true)
          .map(([option, { default: byDefault }]) => [option, given[option] ?? byDefault])
          .filter(([, value]) => value !== undefined),
      ),
    }));
}

/**
 * What is asked for and was not done. What was done beyond that, such as a further copy that was
 * sent, is no reason to build again.
 *
 * @param asked What is asked for: of each step, what was given counts, and not what goes by default.
 * @returns as words that follow "it was built"; `undefined` where nothing is missing
 */
export function notBuiltWith(
  asked: Pipeline,
  built: readonly BuiltStep[],
): string | undefined {
  const steps = new Map(built.map(({ name, options }) => [name, options]));
  for (const { name, options } of stepsOf(asked)) {
    const done = steps.get(name);
    if (done === undefined) return `without ${name}`;
    const { given } = asked.placed.find(({ step }) => step.name === name)!;
    for (const [option, value] of Object.entries(options)) {
      if (given[option] === undefined || textOf(value) === textOf(done[option])) continue;
      const was = done[option] === undefined ? "without it" : `with ${textOf(done[option])}`;
      return `${was} as ${name}.${option}, not ${textOf(value)}`;
    }
  }
  return undefined;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}
