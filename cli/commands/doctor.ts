/**
 * `icecore doctor`: what is installed, and what therefore works.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { UsageError } from "../../pipeline/build_errors.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { pluginSteps } from "../building/built_in_plugins.ts";
import { diagnose } from "../doctor/machine_report.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";

interface DoctorValues extends CommonValues {
  readonly command: "doctor";
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function oneFolder(): UsageError {
  return new UsageError(
    "cannot try to clone: one folder is named. Name two, as in: " +
      "icecore doctor /srv/photos /srv/images",
    "missing-folder",
  );
}

/** The command. */
export const doctor = {
  parser: command(
    "doctor",
    merge(
      object("What", {
        command: constant("doctor"),
        from: optional(argument(fileValue("FROM", "directory"), {
          description: message`Try whether blocks can be cloned from this folder into TO,`,
        })),
        to: optional(argument(fileValue("TO", "directory"), {
          description: message`as a build may do. A file is made in it and removed again.`,
        })),
      }),
      common,
    ),
    {
      brief: briefOf("doctor"),
      footer: examples(
        "Examples:",
        "  icecore doctor",
        "  icecore doctor /srv/photos /srv/images",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run({ json, from, to }: DoctorValues): Promise<number> {
    if (from !== undefined && to === undefined) throw oneFolder();
    const folders = from === undefined || to === undefined ? undefined : { from, to };
    const diagnosis = await diagnose(await pluginSteps(), undefined, folders);
    if (json === true) {
      printJson({ type: "diagnosis", ...diagnosis });
      return EXIT.done;
    }
    const { findings, abilities } = diagnosis;
    const width = Math.max(...findings.map(({ name }) => name.length));
    for (const { name, ok, detail } of findings) {
      print(`${ok ? "ok     " : "missing"}  ${name.padEnd(width)}  ${detail}`);
    }
    print("");
    for (const { name, missing } of abilities) {
      print(
        missing.length === 0 ? `${name}: works` : `${name}: does not work: ${missing.join(", ")}`,
      );
    }
    return EXIT.done;
  },
};
