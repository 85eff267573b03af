/**
 * `icecore diff`: what differs between two images, or an image and a folder.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, command, constant } from "@optique/core/primitives";
import { shownLocation } from "../../host/block_source/location.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { diffImages } from "../../image/diff.ts";
import { differenceLine } from "../../image/diff/difference.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { decrypting, type DecryptingValues, decryptionOptions } from "../arguments/identities.ts";
import { leavingOut, type LeavingOutValues, leftOut } from "../arguments/left_out.ts";
import { serverOptions, servers, type ServersValues } from "../arguments/servers.ts";
import { stackOptions, stacks, type StacksValues } from "../arguments/stacks.ts";
import { partitions, withinOptions, type WithinValues } from "../arguments/within.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { note, print, printJson } from "../output/output.ts";
import { ProgressLine } from "../rendering/progress_line.ts";

interface DiffValues
  extends
    CommonValues,
    DecryptingValues,
    LeavingOutValues,
    StacksValues,
    ServersValues,
    WithinValues {
  readonly command: "diff";
  readonly first: string;
  readonly second: string;
}

/** The command. */
export const diff = {
  parser: command(
    "diff",
    merge(
      object("What", {
        command: constant("diff"),
        first: argument(fileValue("A"), {
          description: message`An image (file, device or URL), or a folder.`,
        }),
        second: argument(fileValue("B"), {
          description:
            message`Another. A folder is looked for under its own name in the image, else compared with the image's root; FOLDER/. always means its contents.`,
        }),
      }),
      leavingOut,
      stacks,
      decrypting,
      partitions,
      servers,
      common,
    ),
    {
      brief: briefOf("diff"),
      description:
        message`Prints a line a name: + only in B, - only in A, T of another type, M other contents, m other metadata.`,
      footer: examples(
        "Examples:",
        "  icecore diff photos-2024.img photos-2025.img",
        "  icecore diff photos.img /srv/photos",
        "",
        ...exitCodes({
          done: "the same",
          failed: "could not be done",
          verificationFailed: "they differ",
        }),
      ),
    },
  ),
  async run(values: DiffValues): Promise<number> {
    const line = new ProgressLine(values.quiet !== true && isInteractive(), wantsColor(values));
    const { first, second, json } = values;
    const shown = [first, second].map(shownLocation);
    line.start(`diff ${shown.join(" ")}`);
    try {
      const { countDifferences, countProblems } = await interruptible((signal) =>
        diffImages(first, second, {
          ...leftOut(values),
          ...decryptionOptions(values, () => line.clear()),
          ...withinOptions(values),
          ...serverOptions(values),
          ...stackOptions(values),
          signal,
          onDifference(difference) {
            line.above(() =>
              json === true
                ? printJson({ type: "difference", ...difference })
                : print(differenceLine(difference))
            );
          },
          onProblem: (problem) =>
            line.above(() =>
              json === true
                ? printJson({ type: "problem", problem })
                : note(`icecore: ${problem.kind}: ${problem.path}: ${problem.reason}`)
            ),
          onProgress: (done, total, unit) =>
            line.update({ done, unit, ...(total === undefined ? {} : { total }) }),
        })
      );
      line.finish();
      if (json === true) printJson({ type: "compared", countDifferences, countProblems });
      if (countDifferences > 0) return EXIT.verificationFailed;
      if (countProblems === 0) return EXIT.done;
      throw new EnvironmentError(
        `cannot determine whether ${shown.join(" and ")} are the same: ${
          counted(countProblems, "name")
        } could ` +
          "not be read. Run icecore as a user who may read them.",
        "unreadable",
      );
    } finally {
      line.clear();
    }
  },
};
