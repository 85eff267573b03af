/**
 * `icecore volume run`: all volumes of a plan on this machine.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { printable } from "../../../host/libc/paths.ts";
import { checkCurrentFolder } from "../../arguments/check_arguments.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { interruptible } from "../../interruptible.ts";
import { common, type CommonValues } from "../../output/common_options.ts";
import { note, print, printJson } from "../../output/output.ts";
import { targetFolder, TO_S3 } from "../../volumes/target_folder.ts";
import { how, howArgs, type HowValues } from "../../volumes/how_options.ts";
import { runRenderer } from "../../volumes/run_renderer.ts";
import type { RunResult } from "../../../volumes/run/run_volumes.ts";
import type { Sealed } from "../../../volumes/set/seal_set.ts";

interface RunValues extends CommonValues, HowValues {
  readonly command: "volume";
  readonly action: "run";
  readonly plan: string;
  readonly parallel: number | undefined;
  readonly to: string | undefined;
  readonly hostLabel: string | undefined;
}

/** The command. */
export const volumeRun = {
  parser: command(
    "run",
    merge(
      object("What and where", {
        action: constant("run"),
        plan: argument(fileValue("PLAN"), { description: message`The plan.` }),
        to: optional(option("--to", fileValue("FOLDER", "directory"), {
          description: message`Where the volumes go. Default: the current folder.`,
        })),
        parallel: optional(option("-j", "--parallel", integer({ metavar: "N", min: 1, max: 256 }), {
          description: message`How many are built at a time. Default: one a processor.`,
        })),
        hostLabel: optional(option("--host-label", string({ metavar: "LABEL" }), {
          description: message`Build only the volumes of the host of this label.`,
        })),
      }),
      how,
      common,
    ),
    {
      brief: message`Build all volumes of a plan on this machine.`,
      description:
        message`Builds what is not there yet, each volume in a process of its own, and writes FOLDER/NAME.volumes when all are there: the manifest of the set. Run it again after a failure, or behind the last job of a scheduler.`,
      footer: examples(
        "Examples:",
        "  icecore volume run archive.plan -j 4 --to /backup",
        "  icecore volume run archive.plan --to /backup --host-label web1",
        "",
        ...TO_S3,
        "",
        ...exitCodes({
          failed: "a volume failed (named)",
          lossy: "done with losses (each named)",
          verificationFailed: "a volume is not what was built",
        }),
      ),
    },
  ),
  async run(values: RunValues): Promise<number> {
    const renderer = runRenderer(values);
    try {
      return await interruptible(async (signal) => {
        checkCurrentFolder();
        const { readPlan } = await import("../../../volumes/plan/read_plan.ts");
        const { runVolumes } = await import("../../../volumes/run/run_volumes.ts");
        const { sealSet } = await import("../../../volumes/set/seal_set.ts");
        const plan = await readPlan(values.plan);
        const to = targetFolder(values.to);
        const result = await runVolumes(plan, {
          planPath: resolve(values.plan),
          to,
          parallel: values.parallel ?? availableParallelism(),
          ...(values.hostLabel === undefined ? {} : { host: values.hostLabel }),
          args: howArgs(values),
          signal,
          emit: renderer.emit,
        });
        renderer.end();
        const sealed = await sealSet(plan, to);
        report(values, result, sealed);
        return exitCodeOf(values, result);
      });
    } finally {
      renderer.end();
    }
  },
};

function report(values: RunValues, { built, present, failed }: RunResult, sealed: Sealed): void {
  const missing = sealed.isSealed ? [] : sealed.missing;
  if (values.json === true) {
    printJson({
      type: "volumes",
      built: built.map(({ name }) => name),
      present: present.map(({ name }) => name),
      failed: failed.map(({ name }) => name),
      missing: missing.map(({ name }) => name),
      ...(sealed.isSealed ? { manifest: sealed.path, digest: sealed.digest } : {}),
    });
    return;
  }
  if (values.quiet !== true) {
    note(
      `icecore: ${built.length} built, ${present.length} there already, ${failed.length} failed`,
    );
  }
  if (sealed.isSealed) return print(`${sealed.digest}  ${printable(sealed.path)}`);
  const others = missing.filter(({ name }) => !failed.some((each) => each.name === name));
  if (others.length === 0) return;
  const shown = others.slice(0, 10).map(({ name, host }) =>
    printable(host === "" ? name : `${name} of ${host}`)
  );
  const more = others.length > shown.length ? `, and ${others.length - shown.length} more` : "";
  note(`icecore: the set is not complete; not built yet: ${shown.join(", ")}${more}`);
}

function exitCodeOf(values: RunValues, { built, present, failed }: RunResult): number {
  if (failed.length > 0) {
    const codes = failed.map(({ exitCode }) => exitCode);
    if (codes.includes(EXIT.verificationFailed)) return EXIT.verificationFailed;
    return codes.every((code) => code === EXIT.usage) ? EXIT.usage : EXIT.failed;
  }
  const isLossy = [...built, ...present].some(({ state }) => state === "lossy");
  return isLossy && values.acceptLosses !== true ? EXIT.lossy : EXIT.done;
}
