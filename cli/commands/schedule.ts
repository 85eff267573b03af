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
import { ownCommand } from "../../host/own_command.ts";
import { printable } from "../../host/libc/paths.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";
import { installUnits } from "../scheduling/install_units.ts";
import { cronLine, systemdUnits, unitName } from "../scheduling/units.ts";
import { scheduledJob } from "../settings/scheduled_job.ts";
import { jobNamed, readSettings } from "../settings/settings.ts";

interface ScheduleValues extends CommonValues {
  readonly command: "schedule";
  readonly job: string;
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
        job: argument(string({ metavar: "JOB" }), {
          description: message`A job of the settings, as [job.NAME] has it.`,
        }),
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
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: ScheduleValues): Promise<number> {
    const { config, root = "/", install, json, quiet } = values;
    const named = jobNamed(await readSettings(config), values.job);
    const given = config === undefined ? [] : ["--config", resolve(config)];
    const argv = [...ownCommand(), "run", named.name, "-q", "-q", ...given];
    const job = {
      ...scheduledJob(named, argv),
      ...config !== undefined && { config: resolve(config) },
    };
    const units = systemdUnits(job);
    const cron = cronLine(job);
    if (install === true) {
      const written = await installUnits(units, `${unitName(named.name)}.timer`, resolve(root));
      if (json === true) printJson({ type: "scheduled", files: written });
      else if (quiet !== true) { for (const path of written) print(`wrote ${printable(path)}`); }
      return EXIT.done;
    }
    if (json === true) printJson({ type: "schedule", units, cron });
    else {
      for (const [name, text] of Object.entries(units)) {
        print(`# /etc/systemd/system/${name}\n${text}`);
      }
      print(`# /etc/cron.d/${unitName(named.name)}, where there is no systemd`);
      print(cron ?? `# cron has no words for ${JSON.stringify(named.job.schedule ?? named.name)}`);
    }
    return EXIT.done;
  },
};
