/**
 * Settings: named jobs out of files, and where each of their settings was made.
 * @module
 */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { EnvironmentError } from "../../host/environment_error.ts";
import { meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { firstMisfit } from "../../loading/json_schema.ts";
import { parseLocatedToml, TomlError } from "../../loading/located_toml.ts";
import { memberPath } from "../../loading/located_json.ts";
import { placeIn } from "../../loading/recipe_application.ts";
import { requireOwn } from "../../loading/trust.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { didYouMean } from "../../pipeline/words/suggest.ts";
import { type Job, settingsRules } from "./job.ts";

/** A job with its settings, each from where it holds. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
  /** The file of each setting, and the folder that relative paths in it start from. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Where a setting was made. */
export interface Origin {
  /** The file. */
  readonly file: string;
  /** `/etc/icecore.toml, line 7, job.srv.use[0].step` of `use[0].step`. */
  place(at: string): string;
}

/** All jobs. */
export interface Settings {
  /** The files that were read, those first that later ones come on top of. */
  readonly files: readonly string[];
  readonly jobs: ReadonlyMap<string, NamedJob>;
}

interface SettingsFile {
  readonly file: string;
  readonly defaults: Job;
  readonly jobs: Readonly<Record<string, Job>>;
  readonly lines: ReadonlyMap<string, number>;
}

/** Where settings are looked for: the machine's, then the user's. */
export function settingsPlaces(environment: NodeJS.ProcessEnv = process.env): string[] {
  const config = environment["XDG_CONFIG_HOME"] || join(homedir(), ".config");
  return ["/etc/icecore.toml", join(config, "icecore", "config.toml")];
}

/**
 * Reads the settings. A setting of a later file, and of a job, comes on top of an earlier one, and of
 * `defaults`.
 *
 * @param file The only one to read; default: those of {@linkcode settingsPlaces} that are there.
 * @throws UsageError `bad-settings` that names file and line, `untrusted`, `no-settings`
 */
export async function readSettings(
  file: string | undefined,
  places: readonly string[] = settingsPlaces(),
): Promise<Settings> {
  const files: SettingsFile[] = [];
  for (const each of file === undefined ? places : [file]) {
    const read = await readFile(resolve(each), file !== undefined);
    if (read !== undefined) files.push(read);
  }
  if (files.length === 0) {
    throw new UsageError(
      `cannot find settings: there is neither ${places.map(printable).join(" nor ")}. ` +
        "Write one, or name it with --config.",
      "no-settings",
    );
  }
  const names = new Set(files.flatMap(({ jobs }) => Object.keys(jobs)));
  const jobs = new Map([...names].map((name) => [name, merged(name, files)] as const));
  return { files: files.map(({ file }) => file), jobs };
}

/** A job by its name. @throws UsageError `unknown-job` */
export function jobNamed({ jobs, files }: Settings, name: string): NamedJob {
  const found = jobs.get(name);
  if (found !== undefined) return found;
  const names = [...jobs.keys()];
  throw new UsageError(
    `cannot find a job ${JSON.stringify(name)} in ${files.map(printable).join(", ")}. ` +
      (didYouMean(name, names) ??
        (names.length === 0 ? "Write [job.NAME] there." : `Jobs: ${names.join(", ")}.`)),
    "unknown-job",
  );
}

async function readFile(file: string, isNamed: boolean): Promise<SettingsFile | undefined> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT" && !isNamed) return undefined;
    throw new EnvironmentError(
      `cannot read the settings ${printable(file)}: ${meaningOf(error)}. ` +
        "Correct the path, or allow it to be read.",
      "unreadable",
      { cause: error },
    );
  }
  // They say what is run, by whoever runs icecore.
  requireOwn(file, file);
  const shown = printable(file);
  try {
    const { value, lines } = await parseLocatedToml(text);
    const misfit = firstMisfit(value, settingsRules());
    if (misfit !== undefined) throw wrong(placeIn(shown, lines, misfit.path), misfit.why);
    const { defaults = {}, job: jobs = {} } = value as {
      readonly defaults?: Job;
      readonly job?: Readonly<Record<string, Job>>;
    };
    return { file, defaults, jobs, lines };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw wrong(`${shown}, line ${error.line}, column ${error.column}`, error.why);
  }
}

function wrong(place: string, why: string): UsageError {
  const end = why.endsWith(".") || why.endsWith("?") ? "" : ".";
  return new UsageError(`cannot use the settings ${place}: ${why}${end}`, "bad-settings");
}

function merged(name: string, files: readonly SettingsFile[]): NamedJob {
  const job: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  const add = ({ file, lines }: SettingsFile, settings: Job, at: string) => {
    for (const [key, value] of Object.entries(settings)) {
      job[key] = value;
      const place = (inner: string) => placeIn(printable(file), lines, `${at}.${inner}`);
      origins.set(key, { file, place });
    }
  };
  for (const each of files) add(each, each.defaults, "defaults");
  for (const each of files) add(each, each.jobs[name] ?? {}, memberPath("job", name));
  return { name, job, origins };
}

/** A path of a setting, from the folder of the file that it is in. */
export function pathIn({ origins }: NamedJob, key: keyof Job, path: string): string {
  const origin = origins.get(key);
  return origin === undefined ? resolve(path) : resolve(dirname(origin.file), path);
}
