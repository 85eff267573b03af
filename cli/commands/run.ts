/**
 * `icecore run`: jobs of the settings file.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import type { RunValues } from "../settings/run_jobs.ts";
import { common } from "../output/common_options.ts";

/** The command. */
export const run = {
  parser: command(
    "run",
    merge(
      object("What", {
        command: constant("run"),
        jobs: multiple(argument(string({ metavar: "JOB" }), {
          description: message`A job of the settings, as [job.NAME] has it.`,
        })),
        config: optional(option("--config", fileValue("FILE"), {
          description:
            message`The settings. Default: /etc/icecore.toml, and on top of it ~/.config/icecore/config.toml`,
        })),
        printConfig: optional(option("--print-config", {
          description:
            message`Print the jobs, or all, as they hold, and where each setting is from.`,
        })),
        dryRun: optional(option("--dry-run", {
          description: message`Print what would be built, kept and removed, and write nothing.`,
        })),
      }),
      common,
    ),
    {
      brief: briefOf("run"),
      description:
        message`Each job does what icecore build DIR --to FOLDER does. All jobs run, also when one fails; the exit code is that of the worst. -q twice prints nothing unless something went wrong.`,
      footer: examples(
        "Examples:",
        "  icecore run srv -q -q",
        "  icecore run --print-config --config icecore.toml",
        "",
        ...exitCodes({ lossy: "done with losses (each named)", verificationFailed: "damaged" }),
      ),
    },
  ),
  async run(values: RunValues): Promise<number> {
    const { runJobs } = await import("../settings/run_jobs.ts");
    return await runJobs(values);
  },
};
