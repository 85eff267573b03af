/**
 * A recipe out of a file: JSON, or a module whose default export is a recipe.
 * @module
 */

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileStatus } from "../host/files/file_status.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { machine } from "../host/machine.ts";
import { UsageError } from "../pipeline/build_errors.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import type { Recipe, Step } from "../pipeline/step.ts";
import { recipes } from "../steps/recipes.ts";
import { firstMisfit } from "./json_schema.ts";
import { JsonError, type LocatedJson, parseLocatedJson } from "./located_json.ts";
import { defaultExport } from "./module_step.ts";
import { PluginError } from "./plugin_error.ts";
import { placeIn, RecipeApplication } from "./recipe_application.ts";
import type { RecipeDocument } from "./recipe_document.ts";
import { recipeRules } from "./recipe_schema.ts";
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
  #lines: LocatedJson["lines"] = new Map();
  readonly #application: RecipeApplication;

  constructor(
    private readonly path: string,
    private readonly shown: string,
    options: RecipeOptions,
  ) {
    const { builtins = {}, trust = false } = options;
    this.#application = new RecipeApplication({
      what: "the recipe",
      folder: dirname(path),
      place: (at) => placeIn(shown, this.#lines, at),
      builtins,
      trust,
    });
  }

  async read(): Promise<Pipeline> {
    const document = this.#parse();
    const steps = document.steps?.map((each) => typeof each === "string" ? { step: each } : each);
    const base = recipes[document.extends ?? "native"];
    let pipeline = Pipeline.of({
      name: document.name ?? nameOf(this.path),
      summary: document.summary ?? base.summary,
      steps: steps === undefined ? base.steps : await this.#application.steps(steps),
    }, machine);
    for (const [index, { name, step, options }] of steps?.entries() ?? []) {
      if (options === undefined) continue;
      const called = name ?? pipeline.names[index] ?? step;
      pipeline = this.#application.with(pipeline, called, options, `steps[${index}].options`);
    }
    return await this.#application.apply(pipeline, document);
  }

  #parse(): RecipeDocument {
    try {
      const { value, lines } = parseLocatedJson(readFileSync(this.path, "utf8"));
      this.#lines = lines;
      const misfit = firstMisfit(value, recipeRules([]));
      if (misfit !== undefined) throw this.#application.wrong(misfit.path, misfit.why);
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
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/(\.recipe)?\.json$/, "");
}
