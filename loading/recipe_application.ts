/**
 * A recipe as it is written, applied to a pipeline; mistakes are reported with their place in the
 * file.
 * @module
 */

import { messageOf, UsageError } from "../pipeline/build_errors.ts";
import { checkOptions } from "../pipeline/options.ts";
import type { Pipeline, Placement } from "../pipeline/pipeline.ts";
import type { Step } from "../pipeline/step.ts";
import { secretVariable } from "../pipeline/variable_names.ts";
import { type BuiltinSteps, loadStep } from "./load_step.ts";
import { PluginError } from "./plugin_error.ts";
import type { ListedStep, RecipeDocument, WrittenOptions } from "./recipe_document.ts";
import { ownSteps } from "./recipe_schema.ts";

/** Where a recipe was written. */
export interface WrittenRecipe {
  /** What it is, in messages: `the recipe`. */
  readonly what: string;
  /** The folder that relative paths start from. */
  readonly folder: string;
  readonly builtins: BuiltinSteps;
  /** Whether steps are loaded that others may have written. */
  readonly trust: boolean;
  /** Where a member stands, e.g. `file.json, line 7, use[0].after` of `use[0].after`. */
  place(at: string): string;
}

/** What may be applied to any pipeline. */
export type AppliedRecipe = Pick<RecipeDocument, "without" | "use" | "options">;

/** Applies what is written in one place. */
export class RecipeApplication {
  readonly #own = new Map(ownSteps().map((step) => [step.name, step]));

  constructor(private readonly written: WrittenRecipe) {}

  /** The pipeline without steps, with others, and with options. @throws UsageError, PluginError */
  async apply(given: Pipeline, document: AppliedRecipe): Promise<Pipeline> {
    let pipeline = given;
    for (const [index, name] of (document.without ?? []).entries()) {
      pipeline = this.#at(`without[${index}]`, () => pipeline.without(name));
    }
    for (const [index, used] of (document.use ?? []).entries()) {
      const at = `use[${index}]`;
      const step = await this.#step(used, `${at}.step`);
      const place: Placement | undefined = used.before !== undefined
        ? { before: used.before }
        : used.after !== undefined
        ? { after: used.after }
        : undefined;
      const where = used.before !== undefined ? `${at}.before` : `${at}.after`;
      pipeline = this.#at(where, () => pipeline.use(step, {}, place));
      if (used.options === undefined) continue;
      pipeline = this.with(pipeline, step.name, used.options, `${at}.options`);
    }
    for (const [name, options] of Object.entries(document.options ?? {})) {
      pipeline = this.with(pipeline, name, options, `options.${name}`);
    }
    return pipeline;
  }

  /** The steps of a list. */
  steps(listed: readonly ListedStep[]): Promise<Step[]> {
    return Promise.all(listed.map((each, index) => this.#step(each, `steps[${index}].step`)));
  }

  /** Options are checked here, where their place in the file is known. */
  with(pipeline: Pipeline, name: string, options: WrittenOptions, at: string): Pipeline {
    const next = this.#at(at, () => pipeline.with(name, {}));
    const schema = next.placed.find(({ step }) => step.name === name)!.step.options ?? {};
    for (const [option, value] of Object.entries(options)) {
      const known = Object.hasOwn(schema, option) ? schema[option] : undefined;
      if (known?.secret === true) {
        const variable = secretVariable(name, option);
        throw this.wrong(
          `${at}.${option}`,
          `a secret does not belong into a file that is passed around. Put it into ${variable}, ` +
            `or name a file that holds it in ${variable}_FILE`,
        );
      }
      // The others are not asked for: they may come from the command line.
      const only = known === undefined ? schema : { [option]: known };
      this.#at(`${at}.${option}`, () => checkOptions(name, only, { [option]: value }));
    }
    return next.with(name, options);
  }

  /** The error of a mistake at a place. */
  wrong(at: string, why: string, cause?: UsageError): UsageError {
    const end = why.endsWith(".") || why.endsWith("?") ? "" : ".";
    const code = cause?.code ?? "bad-recipe";
    const { what } = this.written;
    return new UsageError(`cannot use ${what} ${this.written.place(at)}: ${why}${end}`, code, {
      cause,
    });
  }

  async #step({ step: reference, name }: ListedStep, at: string): Promise<Step> {
    const own = this.#own.get(reference);
    const { builtins, trust, folder } = this.written;
    try {
      const step = own ?? await loadStep(reference, { builtins, folder, trust });
      return name === undefined ? step : { ...step, name };
    } catch (error) {
      throw this.#placed(at, error);
    }
  }

  #at<T>(at: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#placed(at, error);
    }
  }

  #placed(at: string, error: unknown): unknown {
    if (error instanceof UsageError) return this.wrong(at, messageOf(error), error);
    return error instanceof PluginError
      ? new PluginError(`${this.written.place(at)}: ${error.message}`, error.code, { cause: error })
      : error;
  }
}

/** `file.json, line 7, use[0].after`; a place that was not written is that of what holds it. */
export function placeIn(shown: string, lines: ReadonlyMap<string, number>, at: string): string {
  let path = at;
  while (!lines.has(path) && path !== "") {
    path = path.replace(/(\.[^.[\]]+|\[\d+\])$|^[^.[]+$/, "");
  }
  const where = path === "" ? "" : `, ${path}`;
  return `${shown}, line ${lines.get(path) ?? 1}${where}`;
}
