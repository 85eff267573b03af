/**
 * The values of `icecore build` as a pipeline and a request.
 * @module
 */

import { basename, resolve } from "node:path";
import {
  type BuildRequest,
  didYouMean,
  type GivenOptions,
  loadRecipe,
  type Pipeline,
  pipeline,
  readExcludeFile,
  type Recipe,
  recipes,
  UsageError,
  withSecrets,
} from "../mod.ts";
import type { BuildValues } from "./build_values.ts";
import { plugins } from "./plugins.ts";
import { askedFor, withSetting } from "./setting.ts";
import { provideIcecore, withUsed } from "./use.ts";

/** The pipeline that the values ask for. @throws UsageError, PluginError */
export async function pipelineOf(values: BuildValues): Promise<Pipeline> {
  let result = await basedOn(values.recipe);
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
  for (const used of values.use) result = await withUsed(result, used);
  for (const setting of values.set) result = withSetting(result, setting);
  return await withSecrets(result, { ask: values.set.filter(askedFor) });
}

async function basedOn(name: string | undefined): Promise<Pipeline> {
  if (name === undefined) return pipeline(recipes.native);
  const named: Readonly<Record<string, Recipe>> = recipes;
  if (Object.hasOwn(named, name)) return pipeline(named[name]!);
  if (name.includes("/") || name.includes(".")) {
    provideIcecore();
    return await loadRecipe(name, { builtins: plugins });
  }
  throw new UsageError(
    `cannot use the recipe ${JSON.stringify(name)}: there is none of that name. ` +
      (didYouMean(name, Object.keys(recipes)) ??
        `Recipes: ${Object.keys(recipes).join(", ")}; or name a file, as in ./${name}.json.`),
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
