/**
 * `icecore volume build`: one volume of a plan.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import process from "node:process";
import { printable } from "../../../host/libc/paths.ts";
import { UsageError } from "../../../pipeline/build_errors.ts";
import type { EventSink } from "../../../pipeline/events.ts";
import { attended } from "../../../pipeline/running/attended.ts";
import { checkCurrentFolder } from "../../arguments/check_arguments.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { interruptible } from "../../interruptible.ts";
import { common, type CommonValues } from "../../output/common_options.ts";
import { note, print, printJson } from "../../output/output.ts";
import { rendererFor } from "../../rendering/renderer.ts";
import { targetFolder, TO_S3 } from "../../volumes/target_folder.ts";
import { how, type HowValues, volumePipeline } from "../../volumes/how_options.ts";

interface BuildValues extends CommonValues, HowValues {
  readonly command: "volume";
  readonly action: "build";
  readonly plan: string;
  readonly index: number | undefined;
  readonly to: string | undefined;
  readonly force: boolean | undefined;
}

/** Where schedulers say which of many tasks this one is. */
const INDEX_VARIABLES = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"] as const;

/** The command. */
export const volumeBuild = {
  parser: command(
    "build",
    merge(
      object("What and where", {
        action: constant("build"),
        plan: argument(fileValue("PLAN"), { description: message`The plan.` }),
        index: optional(option("--index", integer({ metavar: "N", min: 0 }), {
          description:
            message`Which volume, from 0 on. Default: SLURM_ARRAY_TASK_ID, or JOB_COMPLETION_INDEX.`,
        })),
        to: optional(option("--to", fileValue("FOLDER", "directory"), {
          description: message`Where the volumes go. Default: the current folder.`,
        })),
        force: optional(option("--force", {
          description: message`Build it anew, also where an image is there that is not this one.`,
        })),
      }),
      how,
      common,
    ),
    {
      brief: message`Build one volume of a plan.`,
      description:
        message`Builds FOLDER/NAME-N.img, its side file, and NAME-N.img.volume.json, which says what it is. A volume that is there is looked at and not built again. Needs no server, and knows nothing of the other volumes.`,
      footer: examples(
        "Examples:",
        "  icecore volume build archive.plan --index 3 --to /backup",
        "  icecore volume build archive.plan --to /backup --use age --set age.recipient=age1…",
        "",
        ...TO_S3,
        "",
        "A scheduler tries again after 1, 130 and a kill, and never after 2 and 4.",
        ...exitCodes({
          done: "built, or there already",
          lossy: "the same with losses (each named)",
          verificationFailed: "what is there is not what was built",
        }),
      ),
    },
  ),
  async run(values: BuildValues): Promise<number> {
    const renderer = rendererFor(values, 1);
    const say = (text: string) => renderer.emit({ type: "message", level: "warning", text });
    try {
      return await interruptible((signal) => runBuild(values, renderer.emit, signal), say);
    } finally {
      renderer.end();
    }
  },
};

async function runBuild(
  values: BuildValues,
  emit: EventSink,
  signal: AbortSignal,
): Promise<number> {
  checkCurrentFolder();
  const { buildVolume } = await import("../../../volumes/build/build_volume.ts");
  const pipeline = await attended(volumePipeline(values), signal);
  const index = values.index ?? indexOf(process.env);
  const { state, entry } = await buildVolume(values.plan, index, {
    to: targetFolder(values.to),
    pipeline,
    force: values.force === true,
    strict: values.strict === true,
    signal,
    emit,
  });
  if (values.json === true) {
    printJson({ type: "volume", state, entry });
  } else {
    if (state === "present" && values.quiet !== true) {
      note(`icecore: ${printable(entry.file)} is there already`);
    }
    print(`${Object.values(entry.digests)[0] ?? entry.uuid}  ${printable(entry.file)}`);
  }
  return entry.state === "lossy" && values.acceptLosses !== true ? EXIT.lossy : EXIT.done;
}

/** @throws UsageError `no-index` */
function indexOf(variables: Readonly<Record<string, string | undefined>>): number {
  for (const name of INDEX_VARIABLES) {
    const value = variables[name];
    if (value === undefined || value === "") continue;
    if (/^\d{1,9}$/.test(value)) return Number(value);
    throw new UsageError(
      `cannot build volume ${JSON.stringify(value)}: that is what ${name} says, and it is not a ` +
        "number. Give one with --index.",
      "no-index",
    );
  }
  throw new UsageError(
    "cannot build a volume: nothing says which. Add --index, or have a scheduler set " +
      `${INDEX_VARIABLES.join(" or ")}.`,
    "no-index",
  );
}
