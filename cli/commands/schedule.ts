/**
 * `icecore schedule`: a job as systemd and cron run it.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { resolve } from "node:path";
import { EnvironmentError } from "../../host/environment_error.ts";
import { ownCommand } from "../../host/own_command.ts";
import { pathKind } from "../../host/files/path_kind.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { sampleSizeOf } from "../arguments/sample_size.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";
import { installUnits } from "../scheduling/install_units.ts";
import { cronLine, type ScheduledJob, systemdUnits, unitName } from "../scheduling/units.ts";
import { verificationOf } from "../scheduling/verification.ts";
import { scheduledJob } from "../settings/scheduled_job.ts";
import { jobNamed, readSettings } from "../settings/settings.ts";

interface ScheduleValues extends CommonValues {
  readonly command: "schedule";
  readonly job: string | undefined;
  readonly verify: string | undefined;
  readonly sample: string | undefined;
  readonly metrics: string | undefined;
  readonly config: string | undefined;
  readonly install: boolean | undefined;
  readonly root: string | undefined;
}

/** The command. */
export const schedule = {
  parser: command(
    "schedule",
    merge(
      object("What", {
        command: constant("schedule"),
        job: optional(argument(string({ metavar: "JOB" }), {
          description: message`A job of the settings, as [job.NAME] has it.`,
        })),
        verify: optional(option("--verify", fileValue("FOLDER", "directory"), {
          description:
            message`Instead of a job: verify every image of FOLDER, on the first of each month.`,
        })),
        sample: optional(option("--sample", string({ metavar: "SHARE" }), {
          description: message`With --verify: read a part of each only, such as 10%.`,
        })),
        metrics: optional(option("--metrics", fileValue("FILE"), {
          description: message`With --verify: also write the result for Prometheus.`,
        })),
        config: optional(option("--config", fileValue("FILE"), {
          description: message`The settings; see: icecore run --help`,
        })),
        install: optional(option("--install", {
          description: message`Put the service and the timer in place, and start the timer.`,
        })),
        root: optional(option("--root", fileValue("FOLDER", "directory"), {
          description: message`With --install: of another system, which does not run.`,
        })),
      }),
      common,
    ),
    {
      brief: briefOf("schedule"),
      description:
        message`Prints a service and a timer of systemd, with no more rights than the job needs, and a line for cron. The time is the job's setting schedule; without it, two in the morning.`,
      footer: examples(
        "Examples:",
        "  icecore schedule srv",
        "  sudo icecore schedule srv --install",
        "  sudo icecore schedule --verify /backup --sample 10% --install",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: ScheduleValues): Promise<number> {
    const { root = "/", install, json, quiet } = values;
    const job = values.verify === undefined
      ? await nightlyJob(values)
      : monthlyVerification(values.verify, values);
    const units = systemdUnits(job);
    const cron = cronLine(job);
    if (install === true) {
      const written = await installUnits(units, `${unitName(job.name)}.timer`, resolve(root));
      if (json === true) printJson({ type: "scheduled", files: written });
      else if (quiet !== true) { for (const path of written) print(`wrote ${printable(path)}`); }
      return EXIT.done;
    }
    if (json === true) printJson({ type: "schedule", units, cron });
    else {
      for (const [name, text] of Object.entries(units)) {
        print(`# /etc/systemd/system/${name}\n${text}`);
      }
      print(`# /etc/cron.d/${unitName(job.name)}, where there is no systemd`);
      print(cron ?? `# cron has no words for ${JSON.stringify(job.when)}`);
    }
    return EXIT.done;
  },
};

/** A job of the settings. @throws UsageError */
async function nightlyJob(values: ScheduleValues): Promise<ScheduledJob> {
  const { job: name, config, sample, metrics } = values;
  if (name === undefined || sample !== undefined || metrics !== undefined) {
    throw new UsageError(
      name === undefined
        ? "cannot schedule: neither a job nor a folder is named. Name one, as in: " +
          "icecore schedule JOB, or icecore schedule --verify FOLDER"
        : "cannot use --sample or --metrics with a job: they are about verifying. Use --verify " +
          "FOLDER instead of the job, or leave them out.",
      name === undefined ? "usage" : "unusable-flag",
    );
  }
  const named = jobNamed(await readSettings(config), name);
  const given = config === undefined ? [] : ["--config", resolve(config)];
  const argv = [...ownCommand(), "run", named.name, "-q", "-q", ...given];
  return {
    ...scheduledJob(named, argv),
    ...config !== undefined && { config: resolve(config) },
  };
}

/** `verify --all` of a folder. @throws UsageError, EnvironmentError `no-folder` */
function monthlyVerification(folder: string, values: ScheduleValues): ScheduledJob {
  const { job, config, sample, metrics } = values;
  if (job !== undefined || config !== undefined) {
    throw new UsageError(
      "cannot use --verify with a job or --config: it needs no settings. Leave one of them out.",
      "unusable-flag",
    );
  }
  if (sample !== undefined) sampleSizeOf(sample);
  const path = resolve(folder);
  if (pathKind(path) !== "folder") {
    throw new EnvironmentError(
      `cannot schedule to verify ${printable(path)}: there is no such folder. ` +
        "Make it, or mount the disk that it is on.",
      "no-folder",
    );
  }
  return verificationOf(path, {
    command: ownCommand(),
    sample,
    metrics: metrics === undefined ? undefined : resolve(metrics),
  });
}
