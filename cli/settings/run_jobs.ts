/**
 * Runs `icecore run`.
 * @module
 */

import process from "node:process";
import { nowMs } from "../../host/clock.ts";
import { InterruptedError, UsageError } from "../../pipeline/build_errors.ts";
import { runBuild } from "../building/run_build.ts";
import type { BuildValues } from "../building/build_values.ts";
import { EXIT, exitCodeOf } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import type { CommonValues } from "../output/common_options.ts";
import { note, print, printError, printJson, stampNotes } from "../output/output.ts";
import { rendererFor } from "../rendering/renderer.ts";
import { JobNotice } from "./job_notice.ts";
import { valuesOf, withJob } from "./job_values.ts";
import { maskedSecrets } from "./masked_secrets.ts";
import { settingsText } from "./print_settings.ts";
import { refuseWrittenSecrets } from "./written_secrets.ts";
import { jobNamed, type NamedJob, readSettings } from "./settings.ts";

/** What its command line says. */
export interface RunValues extends CommonValues {
  readonly command: "run";
  readonly jobs: readonly string[];
  readonly config: string | undefined;
  readonly printConfig: boolean | undefined;
  readonly dryRun: boolean | undefined;
}

/** The better ones first. */
const BY_SEVERITY: readonly number[] = [
  EXIT.done,
  EXIT.lossy,
  EXIT.usage,
  EXIT.failed,
  EXIT.verificationFailed,
  EXIT.interrupted,
];

/** Runs the jobs, one after the other. @returns The worst exit code. */
export async function runJobs(values: RunValues): Promise<number> {
  const settings = await readSettings(values.config);
  const names = values.jobs.length === 0 && values.printConfig === true
    ? [...settings.jobs.keys()]
    : values.jobs;
  if (names.length === 0) {
    const known = [...settings.jobs.keys()].join(", ");
    throw new UsageError(
      `cannot run: no job is named. ${
        known === "" ? `There is none in ${settings.files.join(", ")}.` : `Jobs: ${known}.`
      }`,
      "unknown-job",
    );
  }
  const named = names.map((name) => jobNamed(settings, name));
  for (const each of named) await refuseWrittenSecrets(each);
  if (values.printConfig === true) {
    for (const each of named) show({ ...each, job: await maskedSecrets(each.job) }, values);
    return EXIT.done;
  }
  // All that can be known is checked before the first of them runs.
  const jobs = named.map((each) => ({ each, build: buildOf(each, values) }));
  if (process.stderr.isTTY !== true && !process.env["JOURNAL_STREAM"]) stampNotes(nowMs);
  const codes: number[] = [];
  for (const { each, build } of jobs) {
    codes.push(await runJob(each, build));
    if (codes.at(-1) === EXIT.interrupted) break;
  }
  return codes.reduce((worst, code) => rank(code) > rank(worst) ? code : worst);
}

function rank(code: number): number {
  return BY_SEVERITY.indexOf(code);
}

function show(named: NamedJob, { json }: RunValues): void {
  if (json !== true) return print(settingsText(named));
  const from = Object.fromEntries([...named.origins].map(([key, { place }]) => [key, place(key)]));
  printJson({ type: "job", name: named.name, settings: named.job, from });
}

function buildOf(named: NamedJob, values: RunValues): BuildValues {
  const { json, quiet, silent, verbose, noColor, dryRun } = values;
  return { ...valuesOf(named, { json, quiet, silent, verbose, noColor }), dryRun };
}

/** Runs one; what goes wrong is printed here, for the others are to run all the same. */
async function runJob(named: NamedJob, build: BuildValues): Promise<number> {
  const renderer = rendererFor(build, 1);
  const say = (text: string) => renderer.emit({ type: "message", level: "warning", text });
  let isNoticeLost = false;
  const notice = new JobNotice(named, build, (event) => {
    isNoticeLost ||= event.type === "message" && event.level === "warning";
    renderer.emit(event);
  }, nowMs());
  try {
    if (build.dryRun !== true) await notice.check();
    const code = await interruptible((signal) =>
      runBuild(build, renderer.emit, signal, {
        adapt: (pipeline) => withJob(pipeline, named),
        onBuilt: (result) => notice.built(result),
      }), say);
    if (code !== EXIT.done) renderer.trouble(`${named.name}: done, but with losses`);
    if (build.dryRun !== true) await notice.succeeded();
    return code;
  } catch (error) {
    renderer.trouble();
    if (build.json !== true) note(`icecore: the job ${named.name} ${ended(error)}:`);
    printError(error, build);
    if (build.dryRun !== true) await notice.failed(error);
    return exitCodeOf(error);
  } finally {
    if (isNoticeLost) renderer.trouble();
    renderer.end();
  }
}

function ended(error: unknown): string {
  return error instanceof InterruptedError ? "was interrupted" : "failed";
}
