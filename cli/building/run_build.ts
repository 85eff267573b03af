/**
 * Runs `icecore build`: one image under a name of the user's, or one more in a folder of them.
 * @module
 */

import { join } from "node:path";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { BuildEvent, EventSink } from "../../pipeline/events.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { attended } from "../../pipeline/running/attended.ts";
import type { BuildRequest, BuildResult } from "../../pipeline/running/run.ts";
import { keepRulesOf } from "../arguments/keep_options.ts";
import { EXIT } from "../exit_codes.ts";
import { decisionJson, decisionRows, removedLine } from "../listing/image_rows.ts";
import { requireImageStdout } from "../output/image_stdout.ts";
import { note, print, printJson } from "../output/output.ts";
import { renderDryRun } from "../rendering/render_dry_run.ts";
import { digestLineOf } from "../rendering/result_line.ts";
import { hasKeepRules } from "../rotation/keep_rules.ts";
import { ofOneMoment } from "./of_one_moment.ts";
import { pipelineOf, recipeFile, requestOf } from "./build_request.ts";
import type { BuildValues } from "./build_values.ts";

/** What a job of the settings file adds. */
export interface BuildHooks {
  /** Changes the recipe's pipeline. */
  adapt?(recipe: Pipeline): Promise<Pipeline>;
  /** The image is there. */
  onBuilt?(result: BuildResult): void;
}

/** Builds what the values ask for. @returns The exit code. */
export async function runBuild(
  values: BuildValues,
  emit: EventSink,
  signal: AbortSignal,
  hooks: BuildHooks = {},
): Promise<number> {
  if (values.to !== undefined) return await runBuildIntoFolder(values, emit, signal, hooks);
  requireFolder(values);
  const pipeline = await attended(pipelineOf(values), signal);
  const request = { ...requestOf(values), signal };
  if (values.dryRun === true) {
    await showDryRun(pipeline, request, values);
    return EXIT.done;
  }
  if (request.output === "-") requireImageStdout("build DIR");
  const { image, lossy } = await runReported(pipeline, request, values, emit);
  const line = digestLineOf(image, request.shownOutput);
  // Among events a line for people would be one that no JSON parser takes.
  if (values.json !== true && values.silent !== true) {
    request.output === "-" ? note(line) : print(line);
  }
  return lossy ? EXIT.lossy : EXIT.done;
}

/** With `--to`: under a name with a date; then what no rule keeps goes. */
async function runBuildIntoFolder(
  values: BuildValues,
  emit: EventSink,
  signal: AbortSignal,
  { adapt, onBuilt }: BuildHooks,
): Promise<number> {
  const into = await import("./build_into_folder.ts");
  const job = into.folderBuildOf(values, keepRulesOf(values));
  const builtAs = (output: string, base: string | undefined): BuildValues => ({
    ...values,
    output,
    base: base === undefined ? [] : [base],
  });
  const prepared = async (output: string, base: string | undefined) => {
    const own = builtAs(output, base);
    return {
      own,
      pipeline: await attended(pipelineOf(own, adapt), signal),
      request: requestOf(own),
    };
  };
  if (values.dryRun === true) {
    const { output, base, decisions } = await into.planFolderBuild(job);
    const { own, pipeline, request } = await prepared(output, base?.location);
    await showDryRun(pipeline, { ...request, signal }, own);
    if (values.json === true) { for (const each of decisions) printJson(decisionJson(each)); }
    else if (decisions.length > 0) print(`\n${decisionRows(decisions)}`);
    return EXIT.done;
  }
  const { image, lossy } = await into.buildIntoFolder(job, {
    emit,
    signal,
    async build(output, base) {
      const { own, pipeline, request } = await prepared(output, base);
      const result = await runReported(pipeline, { ...request, signal }, own, emit);
      onBuilt?.(result);
      return result;
    },
    onRemoved(each) {
      if (values.json === true) printJson({ type: "removed", name: each.name });
      else emit({ type: "message", level: "info", text: removedLine(each) });
    },
  });
  if (values.json !== true && values.silent !== true) {
    print(digestLineOf(image, join(values.to!, image.name)));
  }
  return lossy ? EXIT.lossy : EXIT.done;
}

/** Rules and layers are of images that a folder holds. */
function requireFolder(values: BuildValues): void {
  const flag = values.fullEvery !== undefined
    ? "--full-every"
    : values.hostName !== undefined
    ? "--host-name"
    : hasKeepRules(keepRulesOf(values))
    ? "--keep-…"
    : undefined;
  if (flag === undefined) return;
  throw new UsageError(
    `cannot use ${flag} without --to: it is about the images of a folder. Name that with --to.`,
    "unusable-flag",
  );
}

async function showDryRun(
  pipeline: Pipeline,
  request: BuildRequest,
  { json, recipe: name }: BuildValues,
): Promise<void> {
  const plan = await pipeline.dryRun(request);
  const recipe = recipeFile(name);
  if (json === true) printJson({ type: "plan", ...plan, ...recipe && { recipe } });
  else print(renderDryRun(plan, recipe));
}

/** Builds, and writes the page about it that may be asked for. */
async function runReported(
  pipeline: Pipeline,
  request: BuildRequest,
  values: BuildValues,
  emit: EventSink,
): Promise<BuildResult> {
  const reporting = await reportingOn(values, request.output);
  const heard = (event: BuildEvent) => {
    reporting?.log.add(event);
    emit(event);
  };
  const result = await ofOneMoment(
    values,
    request,
    heard,
    (sources) => pipeline.run({ ...request, sources, emit: heard }),
  );
  await reporting?.write();
  return result;
}

/** What `--report` asks for, and nothing where it is not given. */
async function reportingOn({ report: path, force }: BuildValues, output: string) {
  if (path === undefined) return undefined;
  const { BuildLog } = await import("../../report/build_log.ts");
  const { checkReport, writeBuildPage } = await import("../reporting/build_page.ts");
  checkReport(path, output, force === true);
  const log = new BuildLog(new Date());
  return {
    log,
    write: async () => {
      const facts = log.facts();
      if (facts !== undefined) await writeBuildPage(path, facts, force === true);
    },
  };
}
