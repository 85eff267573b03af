/**
 * The values of `icecore build` as a pipeline and a request.
 * @module
 */

import { resolve } from "node:path";
import { loadRecipe } from "../../loading/recipe_file.ts";
import { withSecrets } from "../../loading/secret_options.ts";
import { pipeline, since } from "../../mod.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { defaultImageName } from "../../pipeline/image_name.ts";
import type { OptionValues } from "../../pipeline/options.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import type { BuildRequest } from "../../pipeline/running/run.ts";
import { absoluteSource } from "../../pipeline/source_path.ts";
import type { Recipe } from "../../pipeline/step.ts";
import { givenPath } from "../../pipeline/words/given_path.ts";
import { didYouMean } from "../../pipeline/words/suggest.ts";
import { readExcludeFile } from "../../source/exclude_file.ts";
import { recipes } from "../../steps/recipes.ts";
import { checkCurrentFolder } from "../arguments/check_arguments.ts";
import type { BuildValues } from "./build_values.ts";
import { plugins } from "./built_in_plugins.ts";
import { askedFor, withSettings } from "./set_option.ts";
import { recall } from "./recall.ts";
import { checkStreamedHash } from "./streamed_hash.ts";
import { provideIcecore, withUsed } from "./use_option.ts";

/** What is given several times, and may be given not at all. */
const NOTHING = {
  base: [],
  exclude: [],
  excludeFrom: [],
  identity: [],
  set: [],
  use: [],
  without: [],
} as const;

/** What makes a pipeline. */
type PipelineValues = Partial<BuildValues> & Pick<BuildValues, keyof typeof NOTHING>;

/**
 * The pipeline that the values ask for.
 *
 * @param given What is missing is not asked for.
 * @param adapt Changes the recipe's own, before the values do.
 * @throws UsageError, PluginError
 */
export async function pipelineOf(
  given: Partial<BuildValues>,
  adapt: (recipe: Pipeline) => Pipeline | Promise<Pipeline> = (recipe) => recipe,
): Promise<Pipeline> {
  const values: PipelineValues = { ...NOTHING, ...given };
  let result = withRecall(withBase(await adapt(await basedOn(values)), values), values);
  const flags = flagsOf(values, result);
  for (const [flag, steps, given] of flags) {
    const takers = steps.filter((step) => result.has(step));
    if (takers.length === 0) throw unusable(flag, steps, result);
    for (const step of takers) result = result.with(step, given);
  }
  for (const name of values.without) result = result.without(name);
  if (values.use.length > 0) await provideIcecore();
  for (const used of values.use) result = await withUsed(result, used);
  result = withSettings(result, values.set);
  checkStreamedHash(result, values.output);
  return await withSecrets(result, { ask: values.set.filter(askedFor) });
}

async function basedOn({ recipe: name, trust }: PipelineValues): Promise<Pipeline> {
  if (name === undefined) return pipeline(recipes.native);
  const named: Readonly<Record<string, Recipe>> = recipes;
  if (Object.hasOwn(named, name)) return pipeline(named[name]!);
  if (recipeFile(name) !== undefined) {
    await provideIcecore();
    return await loadRecipe(name, { builtins: plugins, trust: trust === true });
  }
  throw new UsageError(
    `cannot use the recipe ${JSON.stringify(name)}: there is no recipe of that name. ` +
      (didYouMean(name, Object.keys(recipes)) ??
        `Recipes: ${Object.keys(recipes).join(", ")}; or name a file, as in ./${name}.json.`),
    "unknown-recipe",
  );
}

/** The pipeline with the step that stores only what changed, where a base is named. */
function withBase(
  pipeline: Pipeline,
  { base: [base, ...bases], unchangedBy, withoutRecord }: PipelineValues,
): Pipeline {
  if (base === undefined) {
    if (unchangedBy === undefined || pipeline.has(since.name)) return pipeline;
    throw new UsageError(
      "cannot use --unchanged-by without --base: there is nothing that could be unchanged. Name " +
        "the image to build on.",
      "unusable-flag",
    );
  }
  if (!pipeline.has("scan") || !pipeline.has("pack")) {
    throw unusable("--base", ["scan", "pack"], pipeline);
  }
  if (withoutRecord === true) {
    throw new UsageError(
      "cannot use --base with --without-record: the record says which image the new one is built " +
        "on. Leave one of them out.",
      "unusable-flag",
    );
  }
  const given = { base: givenPath(base, "the base"), bases };
  const searching = pipeline.with("scan", { holes: "likely" });
  return pipeline.has(since.name) ? searching.with(since.name, given) : searching.use(since, given);
}

/** The pipeline with the step that takes digests from an earlier image, where one is named. */
function withRecall(pipeline: Pipeline, { digestsFrom, dedupe }: PipelineValues): Pipeline {
  if (digestsFrom === undefined) return pipeline;
  if (!pipeline.has("scan") || !pipeline.has("pack")) {
    throw unusable("--digests-from", ["scan", "pack"], pipeline);
  }
  if (dedupe !== true) {
    throw new UsageError(
      "cannot use --digests-from without --dedupe: nobody asks for the digests. Add it.",
      "unusable-flag",
    );
  }
  return pipeline.use(recall, { from: givenPath(digestsFrom, "the image") });
}

/** The recipe, if it is a file and none that is known by its name. */
export function recipeFile(name: string | undefined): string | undefined {
  return name?.includes("/") || name?.includes(".") ? name : undefined;
}

/** A flag, the steps that take it, and what it gives them. */
type Flag = readonly [flag: string, steps: readonly string[], given: OptionValues];

/** The flags that were typed, each with the steps that take it. */
function flagsOf(values: PipelineValues, base: Pipeline): Flag[] {
  const { size, blockSize, label, uuid, times, withoutRecord, hash, unchangedBy, identity } =
    values;
  const { dedupe, reflink, readAhead, limit } = values;
  const exclude = [...values.exclude, ...values.excludeFrom.flatMap(readExcludeFile)];
  if (times === "all" && !base.has("pack")) throw notAllTimes(base);
  const all: readonly (Flag | undefined)[] = [
    exclude.length === 0
      ? undefined
      : ["--exclude", ["scan"], { exclude: [...excludedBy(base), ...exclude] }],
    values.oneFileSystem === true
      ? ["--one-file-system", ["scan"], { oneFileSystem: true }]
      : undefined,
    values.dryRun === true && values.verbose === true && base.has("scan")
      ? ["--verbose", ["scan"], { listExcluded: true, listFiles: !base.has("since") }]
      : undefined,
    values.dryRun === true && values.verbose === true && base.has("since")
      ? ["--verbose", ["since"], { listFiles: true }]
      : undefined,
    readAhead === undefined ? undefined : ["--read-ahead", ["scan"], { readAhead }],
    unchangedBy === undefined ? undefined : ["--unchanged-by", ["since"], { unchangedBy }],
    identity.length === 0 ? undefined : ["--identity", ["since"], { identity }],
    size === undefined ? undefined : ["--size", ["allocate"], { size }],
    blockSize === undefined
      ? undefined
      : ["--block-size", ["allocate", "format", "pack"], { blockSize }],
    label === undefined ? undefined : ["--label", ["format", "pack"], { label }],
    uuid === undefined ? undefined : ["--uuid", ["format", "pack"], { uuid }],
    times === undefined ? undefined : ["--times", ["scan", "pack"], { times }],
    dedupe === true ? ["--dedupe", ["pack"], { dedupe: true }] : undefined,
    reflink === undefined ? undefined : ["--reflink", ["pack"], { reflink }],
    limit === undefined ? undefined : ["--limit", ["pack", "since"], { limit }],
    withoutRecord === true ? ["--without-record", ["pack"], { record: false }] : undefined,
    hash === undefined ? undefined : ["--hash", ["pack", "hash"], { algorithm: hash }],
  ];
  return all.filter((flag) => flag !== undefined);
}

/** What a recipe leaves out stays left out, whatever is left out besides. */
function excludedBy({ placed }: Pipeline): readonly string[] {
  const given = placed.find(({ step }) => step.name === "scan")?.given["exclude"];
  if (typeof given === "string") return given.split(",");
  return Array.isArray(given) ? given : [];
}

function unusable(flag: string, steps: readonly string[], { name }: Pipeline): UsageError {
  if (flag === "--size") {
    return new UsageError(
      `cannot use --size with the recipe ${name}: its images are as large as what is in them, and ` +
        "no size is needed. Leave it out.",
      "unusable-flag",
    );
  }
  return new UsageError(
    `cannot use ${flag} with the recipe ${name}: it is for the step ${steps.join(" or ")}, ` +
      `which that recipe does not have. Leave it out, or choose another --recipe.`,
    "unusable-flag",
  );
}

/** Only the writer of a file system can say when a file was made, or changed last. */
function notAllTimes({ name }: Pipeline): UsageError {
  return new UsageError(
    `cannot keep all times with the recipe ${name}: the kernel sets the change and creation times ` +
      "to those of the build. Leave --times out, or build with --recipe native.",
    "unusable-flag",
  );
}

/** What to build. @throws UsageError when the sources give the output no name. */
export function requestOf(values: BuildValues): BuildRequest & { readonly shownOutput: string } {
  checkCurrentFolder();
  const sources = values.sources.map(absoluteSource);
  const { output = "" } = values;
  const isFolder = output === "" || output.endsWith("/");
  const shownOutput = isFolder ? `${output}${namedAfter(sources)}` : output;
  return {
    sources,
    output: shownOutput === "-" ? "-" : resolve(shownOutput),
    shownOutput,
    force: values.force === true,
    keep: values.keep === true,
    strict: values.strict === true,
  };
}

function namedAfter(sources: readonly string[]): string {
  const name = defaultImageName(sources);
  if (name !== undefined) return name;
  throw new UsageError(
    "cannot name the image after /: the root folder has no name. Give a name with -o.",
    "no-name",
  );
}
