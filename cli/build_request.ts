/**
 * The values of `icecore build` as a pipeline and a request.
 * @module
 */

import { basename, resolve } from "node:path";
import {
  type BuildRequest,
  didYouMean,
  type GivenOptions,
  type Pipeline,
  pipeline,
  readExcludeFile,
  type Recipe,
  recipes,
  UsageError,
} from "../mod.ts";
import type { BuildValues } from "./build_values.ts";

/** The pipeline that the values ask for. @throws UsageError */
export function pipelineOf(values: BuildValues): Pipeline {
  let result = pipeline(recipeOf(values.recipe));
  const flags = flagOptions(values);
  for (const [step, given] of Object.entries(flags.everywhere)) {
    if (result.has(step)) result = result.with(step, given);
  }
  for (const [flag, steps, given] of flags.somewhere) {
    const takers = steps.filter((step) => result.has(step));
    if (takers.length === 0) throw unusable(flag, steps, result);
    for (const step of takers) result = result.with(step, given);
  }
  for (const name of values.without) result = result.without(name);
  for (const setting of values.set) result = withSetting(result, setting);
  return result;
}

function recipeOf(name: string | undefined): Recipe {
  if (name === undefined) return recipes.native;
  const recipe = (recipes as Readonly<Record<string, Recipe>>)[name];
  if (recipe !== undefined) return recipe;
  throw new UsageError(
    `cannot use the recipe ${JSON.stringify(name)}: there is none of that name. ` +
      (didYouMean(name, Object.keys(recipes)) ?? `Recipes: ${Object.keys(recipes).join(", ")}.`),
    "unknown-recipe",
  );
}

type Flag = readonly [flag: string, steps: readonly string[], given: GivenOptions];

/** Options that have a flag of their own, with the steps that take them. */
function flagOptions(values: BuildValues): {
  everywhere: Readonly<Record<string, GivenOptions>>;
  somewhere: readonly Flag[];
} {
  const { size, blockSize, label, uuid, times, hash } = values;
  const exclude = [...values.exclude, ...values.excludeFrom.flatMap(readExcludeFile)];
  const all: readonly (Flag | undefined)[] = [
    size === undefined ? undefined : ["--size", ["allocate"], { size }],
    blockSize === undefined
      ? undefined
      : ["--block-size", ["allocate", "format", "pack"], { blockSize }],
    label === undefined ? undefined : ["--label", ["format", "pack"], { label }],
    uuid === undefined ? undefined : ["--uuid", ["format", "pack"], { uuid }],
    times === undefined ? undefined : ["--times", ["scan", "pack"], { times }],
    hash === undefined ? undefined : ["--hash", ["pack", "hash"], { algorithm: hash }],
  ];
  const scan = { exclude, oneFileSystem: values.oneFileSystem === true };
  return { everywhere: { scan }, somewhere: all.filter((flag) => flag !== undefined) };
}

function unusable(flag: string, steps: readonly string[], { name }: Pipeline): UsageError {
  return new UsageError(
    `cannot use ${flag} with the recipe ${name}: it is for the step ${steps.join(" or ")}, ` +
      `which that recipe does not have. Leave it out, or choose another --recipe.`,
    "unusable-flag",
  );
}

function withSetting(result: Pipeline, setting: string): Pipeline {
  const match = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(setting);
  if (match !== null) return result.with(match[1]!, { [match[2]!]: match[3]! });
  throw new UsageError(
    `cannot use --set ${setting}: it is not of the form STEP.OPTION=VALUE. ` +
      "See the options with: icecore steps",
    "bad-setting",
  );
}

/** What to build. @throws UsageError when the output cannot be told from the sources. */
export function requestOf(values: BuildValues): BuildRequest & { readonly shownOutput: string } {
  const sources = values.sources.map(absolute);
  const shownOutput = values.output ?? `${defaultName(sources)}.img`;
  return {
    sources,
    output: shownOutput === "-" ? "-" : resolve(shownOutput),
    shownOutput,
    force: values.force === true,
    keep: values.keep === true,
    strict: values.strict === true,
  };
}

/** Absolute, with the `/.` at the end that says "its contents". */
function absolute(source: string): string {
  const contents = source === "." || /\/\.\/*$/.test(source);
  const path = resolve(source);
  return contents ? `${path === "/" ? "" : path}/.` : path;
}

function defaultName(sources: readonly string[]): string {
  const name = basename(resolve(sources[0]!));
  if (name !== "") return name;
  throw new UsageError(
    "cannot name the image after /: the root folder has no name. Give a name with -o.",
    "no-name",
  );
}
