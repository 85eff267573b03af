/**
 * `icecore volume plan`: how a tree is to be cut.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { resolve } from "node:path";
import type { EventSink } from "../../../pipeline/events.ts";
import { UsageError } from "../../../pipeline/build_errors.ts";
import { isLoss } from "../../../pipeline/problem.ts";
import { absoluteSource } from "../../../pipeline/source_path.ts";
import { parseSize } from "../../../pipeline/words/size.ts";
import { readExcludeFile } from "../../../source/exclude_file.ts";
import { checkCurrentFolder } from "../../arguments/check_arguments.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { looseChoice } from "../../arguments/loose_choice.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { interruptible } from "../../interruptible.ts";
import { common, type CommonValues } from "../../output/common_options.ts";
import { note, print, printJson } from "../../output/output.ts";
import { rendererFor } from "../../rendering/renderer.ts";
import { planSummary } from "../../volumes/plan_summary.ts";

interface PlanValues extends CommonValues {
  readonly command: "volume";
  readonly action: "plan";
  readonly sources: readonly string[];
  readonly output: string;
  readonly size: string | undefined;
  readonly since: string | undefined;
  readonly merge: readonly string[];
  readonly hostLabel: string | undefined;
  readonly exclude: readonly string[];
  readonly excludeFrom: readonly string[];
  readonly oneFileSystem: boolean | undefined;
  readonly times: "mtime" | "all" | undefined;
  readonly dryRun: boolean | undefined;
  readonly force: boolean | undefined;
}

/** The command. */
export const volumePlan = {
  parser: command(
    "plan",
    merge(
      object("What and where", {
        action: constant("plan"),
        sources: multiple(argument(fileValue("SOURCE"), {
          description: message`A folder, placed as build places it.`,
        })),
        output: option("-o", "--output", fileValue("PLAN"), {
          description:
            message`The plan to write. PLAN.names is written beside it; volumes are named after it.`,
        }),
        size: optional(option("--size", string({ metavar: "SIZE" }), {
          description: message`How large a volume is to be, such as 500G.`,
        })),
        since: optional(option("--since", fileValue("PLAN"), {
          description:
            message`Extend a plan: keep the volumes whose part of the tree is unchanged.`,
        })),
        hostLabel: optional(option("--host-label", string({ metavar: "LABEL" }), {
          description: message`What this host is called, where the sources lie on several.`,
        })),
        merge: multiple(option("--merge", fileValue("PLAN"), {
          description: message`Instead of SOURCE: put the plans of several hosts together.`,
        })),
      }),
      object("How", {
        exclude: multiple(option("--exclude", string({ metavar: "GLOB" }), {
          description: message`Leave out what matches, as build does.`,
        })),
        excludeFrom: multiple(option("--exclude-from", fileValue("FILE"), {
          description: message`Leave out what matches a line of FILE.`,
        })),
        oneFileSystem: optional(option("--one-file-system", {
          description: message`Store folders of other file systems empty.`,
        })),
        times: optional(option("--times", looseChoice(["mtime", "all"], "mtime|all"), {
          description: message`Keep the modification time (the default), or all four.`,
        })),
        dryRun: optional(option("--dry-run", {
          description: message`Print what would be planned, and write nothing.`,
        })),
        force: optional(option("--force", { description: message`Replace a plan that is there.` })),
      }),
      common,
    ),
    {
      brief: message`Cut a tree into volumes.`,
      description:
        message`Walks the sources once, and writes which part of them each volume is to hold. Names of one file stay together; cuts run along folders.`,
      footer: examples(
        "Examples:",
        "  icecore volume plan /srv/archive -o archive.plan --size 500G --dry-run",
        "  icecore volume plan /srv/archive -o 2027.plan --since archive.plan",
        "  icecore volume plan --merge web1.plan --merge web2.plan -o web.plan",
        "",
        ...exitCodes({ lossy: "done, but some of the source could not be looked at (named)" }),
      ),
    },
  ),
  async run(values: PlanValues): Promise<number> {
    const renderer = rendererFor(values, 1);
    try {
      return await interruptible((signal) => runPlan(values, renderer.emit, signal));
    } finally {
      renderer.end();
    }
  },
};

async function runPlan(values: PlanValues, emit: EventSink, signal: AbortSignal): Promise<number> {
  checkCurrentFolder();
  const { result, seconds } = await timed(async () =>
    values.merge.length > 0 ? await mergedPlan(values, signal) : await newPlan(values, emit, signal)
  );
  const { plan, problems, unmatchedPatterns } = result;
  for (const pattern of unmatchedPatterns) note(`icecore: --exclude ${pattern} matched nothing`);
  if (values.json === true) {
    const { header, volumes, countMoved, digest } = plan;
    printJson({ type: "volume-plan", header, volumes, countMoved, digest, seconds });
  } else {
    const isDry = values.dryRun === true;
    const lines = values.quiet === true && !isDry ? [] : planSummary(plan, isDry);
    for (const line of lines) isDry ? print(line) : note(line);
    if (!isDry) print(`${plan.digest}  ${values.output}`);
  }
  return problems.some(isLoss) ? EXIT.lossy : EXIT.done;
}

async function newPlan(values: PlanValues, emit: EventSink, signal: AbortSignal) {
  const { makePlan } = await import("../../../volumes/cut/make_plan.ts");
  const { readPlan } = await import("../../../volumes/plan/read_plan.ts");
  if (values.sources.length === 0) {
    throw new UsageError(
      "cannot plan: no SOURCE is named. Name a folder, as in: icecore volume plan /srv/archive " +
        "-o archive.plan --size 500G",
      "no-source",
    );
  }
  const earlier = values.since === undefined ? undefined : await readPlan(values.since);
  const given = values.size === undefined ? undefined : parseSize(values.size, "--size");
  const targetBytes = given ?? earlier?.header.targetBytes;
  if (targetBytes === undefined) {
    throw new UsageError(
      "cannot plan: nothing says how large a volume is to be. Add --size, such as --size 500G.",
      "no-size",
    );
  }
  const { oneFileSystem, times, since } = values;
  const exclude = [...values.exclude, ...values.excludeFrom.flatMap(readExcludeFile)];
  // What an earlier plan left out stays out: else all of its volumes would count as changed.
  const before = earlier?.header.options;
  return await makePlan({
    sources: values.sources.map(absoluteSource),
    host: values.hostLabel ?? "",
    targetBytes,
    options: {
      exclude: exclude.length === 0 ? before?.exclude ?? [] : exclude,
      oneFileSystem: oneFileSystem ?? before?.oneFileSystem ?? false,
      times: times ?? before?.times ?? "mtime",
    },
    output: resolve(values.output),
    force: values.force === true,
    ...(since === undefined ? {} : { since }),
    dryRun: values.dryRun === true,
    signal,
    emit,
  });
}

async function mergedPlan(
  { merge, sources, output, force, dryRun }: PlanValues,
  signal: AbortSignal,
) {
  const { mergePlans } = await import("../../../volumes/plan/merge_plans.ts");
  if (sources.length > 0) {
    throw new UsageError(
      "cannot merge plans and scan sources at once. Plan the sources first, then name that plan " +
        "with --merge as well.",
      "unusable-flag",
    );
  }
  const plan = await mergePlans(merge, {
    output: resolve(output),
    force: force === true,
    dryRun: dryRun === true,
    signal,
  });
  return { plan, problems: [], unmatchedPatterns: [] };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const startMs = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - startMs) / 1000 };
}
