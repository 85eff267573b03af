/**
 * A job as `icecore build` would be given it.
 * @module
 */

import { hiddenVariable, hideVariables } from "../../host/programs/hidden_variables.ts";
import { readSecretFile } from "../../host/secret_source.ts";
import { RecipeApplication } from "../../loading/recipe_application.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { OptionValues } from "../../pipeline/options.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { contentsOf, isContents } from "../../pipeline/source_path.ts";
import { recipeFile } from "../building/build_request.ts";
import type { BuildValues } from "../building/build_values.ts";
import { plugins } from "../building/built_in_plugins.ts";
import type { CommonValues } from "../output/common_options.ts";
import { dirname } from "node:path";
import process from "node:process";
import type { Job } from "./job.ts";
import { type NamedJob, pathIn } from "./settings.ts";

/** The values of a command line that does the same. @throws UsageError where something is missing */
export function valuesOf(named: NamedJob, common: CommonValues): BuildValues {
  const { job } = named;
  const { sources = [], to, recipe, keep = {} } = job;
  for (const key of ["sources", "to"] as const) {
    if (job[key] === undefined || sources.length === 0) throw missing(named, key);
  }
  const sourceAt = (source: string) => {
    const path = pathIn(named, "sources", source);
    return isContents(source) ? contentsOf(path) : path;
  };
  return {
    ...common,
    command: "build",
    sources: sources.map(sourceAt),
    output: undefined,
    to: pathIn(named, "to", to!),
    fullEvery: job["full-every"],
    hostName: job.host,
    keepLast: keep.last,
    keepDaily: keep.daily,
    keepWeekly: keep.weekly,
    keepMonthly: keep.monthly,
    keepYearly: keep.yearly,
    exclude: job.exclude ?? [],
    excludeFrom: (job["exclude-from"] ?? []).map((path) => pathIn(named, "exclude-from", path)),
    oneFileSystem: job["one-file-system"],
    times: job.times,
    readAhead: undefined,
    withoutRecord: undefined,
    identity: [],
    base: [],
    unchangedBy: job["unchanged-by"],
    dedupe: job.dedupe,
    digestsFrom: undefined,
    reflink: undefined,
    recipe: recipe !== undefined && recipeFile(recipe) !== undefined
      ? pathIn(named, "recipe", recipe)
      : recipe,
    limit: job.limit,
    snapshot: job.snapshot,
    size: undefined,
    blockSize: undefined,
    label: job.label,
    uuid: undefined,
    hash: job.hash,
    use: [],
    set: [],
    without: [],
    trust: undefined,
    dryRun: undefined,
    force: undefined,
    keep: undefined,
    strict: job.strict,
    report: undefined,
  };
}

/** What the file says of steps, applied to the recipe's pipeline; secrets as well. */
export async function withJob(pipeline: Pipeline, named: NamedJob): Promise<Pipeline> {
  const { job, origins } = named;
  let result = pipeline;
  for (const key of ["without", "use", "options"] as const) {
    const origin = origins.get(key);
    if (origin === undefined) continue;
    const application = new RecipeApplication({
      what: "the settings",
      folder: dirname(origin.file),
      place: (at) => origin.place(at),
      builtins: plugins,
      trust: false,
    });
    result = await application.apply(result, { [key]: job[key] } as Pick<Job, typeof key>);
  }
  for (const [key, value] of Object.entries(secretsOf(named))) {
    const [step = "", option = ""] = key.split(".");
    if (step === "notify") continue;
    const schema = result.placed.find((each) => each.step.name === step)?.step.options?.[option];
    if (schema?.secret !== true) {
      const why = schema === undefined
        ? `there is no step of this job with the option ${key}`
        : `${key} is not a secret; write it below options`;
      throw wrongSecret(named, key, why);
    }
    result = result.with(step, { [option]: value });
  }
  return result;
}

/** The options of `notify`, its secrets included; `undefined` where a job has none. */
export function notifyOptionsOf(named: NamedJob): OptionValues | undefined {
  const secrets = Object.entries(secretsOf(named)).flatMap(([key, value]) =>
    key.startsWith("notify.") ? [[key.slice("notify.".length), value]] : []
  );
  if (named.job.notify === undefined && secrets.length === 0) return undefined;
  return { on: "failure-or-loss", ...named.job.notify, ...Object.fromEntries(secrets) };
}

/** What the references lead to, by `step.option`. @throws UsageError, EnvironmentError */
function secretsOf(named: NamedJob): Readonly<Record<string, string>> {
  hideVariables();
  const found = Object.entries(named.job.secrets ?? {}).map(([key, reference]) => {
    if (!/^[a-z][a-z0-9-]*\.\w+$/.test(key)) {
      throw wrongSecret(named, key, 'write it as "step.option", in quotes');
    }
    if ("file" in reference) {
      return [key, readSecretFile(pathIn(named, "secrets", reference.file), `secrets.${key}`)];
    }
    if (!("env" in reference)) throw wrongSecret(named, key, "name a file, or a variable as env");
    const value = hiddenVariable(reference.env) ?? process.env[reference.env];
    if (value !== undefined) return [key, value];
    throw wrongSecret(named, key, `the environment variable ${reference.env} is not set`);
  });
  return Object.fromEntries(found);
}

function wrongSecret({ origins }: NamedJob, key: string, why: string): UsageError {
  const place = origins.get("secrets")!.place(`secrets.${JSON.stringify(key)}`);
  return new UsageError(`cannot use the settings ${place}: ${why}.`, "bad-settings");
}

function missing({ name, origins }: NamedJob, key: "sources" | "to"): UsageError {
  const file = [...origins.values()].at(-1)?.file;
  const where = file === undefined ? "" : ` of ${file}`;
  const example = key === "sources" ? 'sources = ["/srv"]' : 'to = "/backup"';
  return new UsageError(
    `cannot run the job ${name}${where}: it has no ${key}. Write there: ${example}`,
    "bad-settings",
  );
}
