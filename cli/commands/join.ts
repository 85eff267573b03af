/**
 * `icecore join`: the parts of a file that was split, together again.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { shownLocation } from "../../host/block_source/location.ts";
import { joinParts } from "../../image/join_parts.ts";
import { formatDigestLine } from "../../pipeline/side_file.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";
import { ProgressLine } from "../rendering/progress_line.ts";

interface JoinValues extends CommonValues {
  readonly command: "join";
  readonly manifest: string;
  readonly output: string | undefined;
  readonly force: boolean | undefined;
}

/** The command. */
export const join = {
  parser: command(
    "join",
    merge(
      object("What and where", {
        command: constant("join"),
        manifest: argument(fileValue("MANIFEST"), {
          description: message`The manifest that split wrote; the parts lie beside it.`,
        }),
        output: optional(option("-o", "--output", fileValue("FILE"), {
          description: message`The file to write. Default: its own name, beside the manifest.`,
        })),
        force: optional(option("--force", {
          description: message`Replace a file that is there already.`,
        })),
      }),
      common,
    ),
    {
      brief: briefOf("join"),
      description:
        message`Verifies each part and the whole. The file appears under its name only when all of it is right.`,
      footer: examples(
        "Examples:",
        "  icecore join /media/usb/photos.img.manifest -o photos.img",
        "  sha512sum -c photos.img.manifest && cat photos.img.part* > photos.img",
        "",
        ...exitCodes({
          failed: "could not be done",
          verificationFailed: "a part is missing or damaged",
        }),
      ),
    },
  ),
  async run(values: JoinValues): Promise<number> {
    const { manifest, output, force, json, quiet } = values;
    const line = new ProgressLine(quiet !== true && isInteractive(), wantsColor(values));
    line.start(`join ${shownLocation(manifest)}`);
    try {
      const joined = await interruptible((signal) =>
        joinParts(manifest, {
          ...(output === undefined ? {} : { output }),
          force: force === true,
          signal,
          onProgress: (done, total) => line.update({ done, total, unit: "bytes" }),
        })
      );
      line.finish();
      const { path, sha512 } = joined;
      if (json === true) printJson({ type: "joined", ...joined });
      else print(formatDigestLine({ digest: sha512, name: path }));
      return EXIT.done;
    } finally {
      line.clear();
    }
  },
};
