/**
 * `icecore report`: a page about an image, to look at.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { command, constant, option } from "@optique/core/primitives";
import { resolve } from "node:path";
import process from "node:process";
import { isRemote, nameOfLocation } from "../../host/block_source/location.ts";
import { requireFree } from "../../host/files/require_free.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { SALVAGED, salvaging, type SalvagingValues } from "../arguments/salvage.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import { OutputClosedError, print, printJson, writeBytes } from "../output/output.ts";

interface ReportValues extends ReadingValues, SalvagingValues {
  readonly command: "report";
  readonly output: string | undefined;
  readonly force: boolean | undefined;
}

/** The command. */
export const report = {
  parser: command(
    "report",
    merge(
      object("What", {
        command: constant("report"),
        image: imageArgument,
        output: optional(option("-o", "--output", fileValue("FILE"), {
          description:
            message`The page to write, or a folder with a slash behind; - for stdout. Default: the image's name with .html, in the current folder.`,
        })),
        force: optional(option("--force", {
          description: message`Replace a page that is there already.`,
        })),
      }),
      reading,
      salvaging,
      common,
    ),
    {
      brief: briefOf("report"),
      description:
        message`Writes one HTML page that needs neither network nor script: what fills the image by folder, kind of file and year, the largest and the equal files, a map, digests. Only metadata is read.`,
      footer: examples(
        "Examples:",
        "  icecore report photos.img -o report.html",
        "  icecore build /srv/photos --report report.html",
        "",
        ...exitCodes({ lossy: SALVAGED }),
      ),
    },
  ),
  async run(values: ReportValues): Promise<number> {
    const { image: location, json, force } = values;
    const output = outputOf(values);
    if (output === "-") checkStdout(json === true);
    else requireFree(resolve(output), force === true);
    const { imagePage } = await import("../reporting/image_page.ts");
    return await withImage(values, async (image, leftOut) => {
      const page = await imagePage(image, location, { leftOut: () => leftOut.lines });
      if (output === "-") {
        if (!writeBytes(1, new TextEncoder().encode(page))) throw new OutputClosedError();
        return;
      }
      const { writePage } = await import("../reporting/page_file.ts");
      const imagePath = isRemote(location) ? undefined : location;
      const sizeBytes = await writePage(output, page, force === true, imagePath);
      if (json === true) printJson({ type: "report", path: output, sizeBytes });
      else print(output);
    });
  },
};

function outputOf({ image, output }: ReportValues): string {
  const name = `${nameOfLocation(image)}.html`;
  if (output === undefined) return name;
  return output.endsWith("/") ? `${output}${name}` : output;
}

function checkStdout(isJson: boolean): void {
  if (isJson) {
    throw new UsageError(
      "cannot print a page as JSON: it is HTML. Leave --json out, or give a file with -o.",
      "no-json",
    );
  }
  if (process.stdout.isTTY !== true) return;
  throw new UsageError(
    "cannot print a page to a terminal: it is for a browser. Give a file with -o.",
    "terminal",
  );
}
