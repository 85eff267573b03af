/**
 * `icecore doctor`: what is installed, and what therefore works.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { command, constant } from "@optique/core/primitives";
import { examples } from "../arguments/examples.ts";
import { pluginSteps } from "../building/built_in_plugins.ts";
import { diagnose } from "../doctor/machine_report.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";

interface DoctorValues extends CommonValues {
  readonly command: "doctor";
}

/** The command. */
export const doctor = {
  parser: command("doctor", merge(object({ command: constant("doctor") }), common), {
    brief: message`Look at what is installed, and say what works.`,
    footer: examples("Example:", "  icecore doctor", "", ...exitCodes()),
  }),
  async run({ json }: DoctorValues): Promise<number> {
    const diagnosis = await diagnose(await pluginSteps());
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
