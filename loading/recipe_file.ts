/**
 * A recipe out of a file: JSON, or a module whose default export is a recipe.
 * @module
 */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileStatus } from "../host/files/file_status.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { machine } from "../host/machine.ts";
import { messageOf, UsageError } from "../pipeline/build_errors.ts";
import { checkOptions } from "../pipeline/options.ts";
import { Pipeline, type Placement } from "../pipeline/pipeline.ts";
import type { Recipe, Step } from "../pipeline/step.ts";
import { secretVariable } from "../pipeline/variable_names.ts";
import { recipes } from "../steps/recipes.ts";
import { firstMisfit } from "./json_schema.ts";
import { loadStep } from "./load_step.ts";
import { JsonError, type LocatedJson, parseLocatedJson } from "./located_json.ts";
import { defaultExport } from "./module_step.ts";
import { PluginError } from "./plugin_error.ts";
import type { ListedStep, RecipeDocument, WrittenOptions } from "./recipe_document.ts";
import { ownSteps, recipeRules } from "./recipe_schema.ts";
import { requireOwn } from "./trust.ts";

/**
 * The pipeline of a recipe file.
 *
 * @param path A `.json` file, see `docs/recipes.md`; or a module (`.ts`, `.js`, `.mjs`) whose
 * default export is a recipe or a pipeline.
 * @throws UsageError that names the place in the file, `untrusted` where others may have written it
 * or a step that it names; PluginError when it cannot be read.
 */
export async function loadRecipe(
  path: string,
  options: {
    /** Steps that it may name; those of the recipes are known anyway. */
    readonly builtins?: Readonly<Record<string, () => Promise<{ readonly default: Step }>>>;
    /** Whether others than this user and root may have written the file, and what it names. */
    readonly trust?: boolean;
  } = {},
): Promise<Pipeline> {
  const full = resolve(path);
  const status = fileStatus(full);
  if (status === undefined) {
    throw new UsageError(
      `cannot use the recipe ${path}: there is no such file. Correct the path, or name one of: ` +
        `${Object.keys(recipes).join(", ")}.`,
      "unknown-recipe",
    );
  }
  if (status.isDirectory()) {
    throw new UsageError(
      `cannot use the recipe ${path}: it is a folder. Name a recipe file in it.`,
      "unknown-recipe",
    );
  }
  if (options.trust !== true) requireOwn(full, path);
  if (/\.[mc]?[jt]s$/.test(path)) return await recipeOfModule(full, path);
  return await new RecipeReader(full, path, options).read();
}

/** What a recipe file may name. */
type RecipeOptions = NonNullable<Parameters<typeof loadRecipe>[1]>;

async function recipeOfModule(full: string, shown: string): Promise<Pipeline> {
  const value = await defaultExport(full, shown);
  if (value instanceof Pipeline) return value;
  const { name, steps } = (value ?? {}) as Partial<Recipe>;
  if (typeof name === "string" && Array.isArray(steps)) {
    return Pipeline.of(value as Recipe, machine);
  }
  throw new UsageError(
    `cannot use the recipe ${shown}: its default export is not a recipe. ` +
      "Export { name, summary, steps: [ … ] }, or a pipeline.",
    "bad-recipe",
  );
}

class RecipeReader {
  readonly #folder: string;
  readonly #own = new Map(ownSteps().map((step) => [step.name, step]));
  #lines: LocatedJson["lines"] = new Map();

  constructor(
    private readonly path: string,
    private readonly shown: string,
    private readonly options: RecipeOptions,
  ) {
    this.#folder = dirname(path);
  }

  async read(): Promise<Pipeline> {
    const document = this.#parse();
    const steps = document.steps?.map((each) => typeof each === "string" ? { step: each } : each);
    const base = recipes[document.extends ?? "native"];
    let pipeline = Pipeline.of({
      name: document.name ?? nameOf(this.path),
      summary: document.summary ?? base.summary,
      steps: steps === undefined ? base.steps : await this.#steps(steps),
    }, machine);
    for (const [index, { name, step, options }] of steps?.entries() ?? []) {
      const at = `steps[${index}].options`;
      if (options !== undefined) {
        pipeline = this.#with(pipeline, name ?? pipeline.names[index] ?? step, options, at);
      }
    }
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
      pipeline = this.#with(pipeline, step.name, used.options, `${at}.options`);
    }
    for (const [name, options] of Object.entries(document.options ?? {})) {
      pipeline = this.#with(pipeline, name, options, `options.${name}`);
    }
    return pipeline;
  }

  #parse(): RecipeDocument {
    try {
      const { value, lines } = parseLocatedJson(readFileSync(this.path, "utf8"));
      this.#lines = lines;
      const misfit = firstMisfit(value, recipeRules([]));
      if (misfit !== undefined) throw this.#wrong(misfit.path, misfit.why);
      return value as unknown as RecipeDocument;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (error instanceof JsonError) {
        throw new UsageError(
          `cannot use the recipe ${this.shown}: line ${error.line}, column ${error.column}: ` +
            `${error.why}. Correct the file.`,
          "bad-recipe",
        );
      }
      throw new PluginError(
        `cannot read the recipe ${this.shown}: ${meaningOf(error)}. Allow it to be read.`,
        "unreadable-recipe",
        { cause: error },
      );
    }
  }

  #steps(listed: readonly ListedStep[]): Promise<Step[]> {
    return Promise.all(listed.map((each, index) => this.#step(each, `steps[${index}].step`)));
  }

  async #step({ step: reference, name }: ListedStep, at: string): Promise<Step> {
    const own = this.#own.get(reference);
    const { builtins = {}, trust = false } = this.options;
    try {
      const step = own ?? await loadStep(reference, { builtins, folder: this.#folder, trust });
      return name === undefined ? step : { ...step, name };
    } catch (error) {
      throw this.#placed(at, error);
    }
  }

  /** Options are checked here, where their place in the file is known. */
  #with(pipeline: Pipeline, name: string, options: WrittenOptions, at: string): Pipeline {
    const next = this.#at(at, () => pipeline.with(name, {}));
    const schema = next.placed.find(({ step }) => step.name === name)!.step.options ?? {};
    for (const [option, value] of Object.entries(options)) {
      const known = Object.hasOwn(schema, option) ? schema[option] : undefined;
      if (known?.secret === true) {
        const variable = secretVariable(name, option);
        throw this.#wrong(
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

  #at<T>(at: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#placed(at, error);
    }
  }

  #placed(at: string, error: unknown): unknown {
    if (error instanceof UsageError) return this.#wrong(at, messageOf(error), error);
    return error instanceof PluginError
      ? new PluginError(`${this.#place(at)}: ${error.message}`, error.code, { cause: error })
      : error;
  }

  #wrong(at: string, why: string, cause?: UsageError): UsageError {
    const end = why.endsWith(".") || why.endsWith("?") ? "" : ".";
    const code = cause?.code ?? "bad-recipe";
    return new UsageError(`cannot use the recipe ${this.#place(at)}: ${why}${end}`, code, {
      cause,
    });
  }

  /** `file.json, line 7, use[0].after`; a place that was not written is that of what holds it. */
  #place(at: string): string {
    let path = at;
    while (!this.#lines.has(path) && path !== "") {
      path = path.replace(/(\.[^.[\]]+|\[\d+\])$|^[^.[]+$/, "");
    }
    const where = path === "" ? "" : `, ${path}`;
    return `${this.shown}, line ${this.#lines.get(path) ?? 1}${where}`;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/(\.recipe)?\.json$/, "");
}
