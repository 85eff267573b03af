/**
 * `icecore export`: a folder of an image as a tar archive on stdout.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import process from "node:process";
import { UsageError } from "../pipeline/errors.ts";
import { exportImage } from "../steps/image/export_tar.ts";
import { requireStdout } from "./closed_stdout.ts";
import { common } from "./common.ts";
import { examples } from "./examples.ts";
import { exitCodes } from "./exit_codes.ts";
import { imageArgument, reading, type ReadingValues, withImage } from "./image_argument.ts";
import { SALVAGED, salvaging, type SalvagingValues } from "./salvage.ts";
import { findTyped } from "./typed_path.ts";
import { note, OutputClosedError, writeBytes } from "./output.ts";

interface ExportValues extends ReadingValues, SalvagingValues {
  readonly command: "export";
  readonly path: string | undefined;
  readonly tar: boolean | undefined;
}

/** The command. */
export const exportCommand = {
  parser: command(
    "export",
    merge(
      object("What", {
        command: constant("export"),
        image: imageArgument,
        path: optional(argument(string({ metavar: "PATH" }), {
          description: message`A file or folder in the image. Without: everything.`,
        })),
        tar: optional(option("--tar", {
          description: message`As a tar archive (pax), which is the only format there is.`,
        })),
      }),
      reading,
      salvaging,
      common,
    ),
    {
      brief: message`Write a folder of an image to stdout as a tar archive.`,
      description:
        message`Keeps nanoseconds, attributes, ACLs, hard links, holes, devices and names of any bytes.`,
      footer: examples(
        "Examples:",
        "  icecore export photos.img photos/2014 --tar | ssh server tar -xf -",
        "  icecore export photos.img --tar | zstd > photos.tar.zst",
        "",
        ...exitCodes({ lossy: SALVAGED }),
      ),
    },
  ),
  async run(values: ExportValues): Promise<number> {
    const { path, tar, json, quiet } = values;
    if (tar !== true) {
      throw new UsageError("cannot export: no format is named. Add --tar.", "no-format");
    }
    if (json === true) {
      throw new UsageError(
        "cannot print an archive as JSON: it is bytes. Leave --json out.",
        "no-json",
      );
    }
    requireStdout();
    if (process.stdout.isTTY === true) {
      throw new UsageError(
        "cannot write an archive to a terminal: it is bytes. Send it on with | or >.",
        "terminal",
      );
    }
    return await withImage(values, async (image) => {
      const pieces = exportImage(image, {
        ...(path === undefined ? {} : { path: (await findTyped(image, path)).path }),
        onSkipped: (skipped) =>
          quiet === true ? undefined : note(`icecore: skipped: ${skipped}: tar has no sockets`),
      });
      for await (const piece of pieces) if (!writeBytes(1, piece)) throw new OutputClosedError();
    });
  },
};
