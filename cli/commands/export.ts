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
import { exportImage } from "../../image/export_tar.ts";
import { UsageError, VerificationError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { examples } from "../arguments/examples.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { SALVAGED, salvaging, type SalvagingValues } from "../arguments/salvage.ts";
import { findTyped } from "../arguments/typed_path.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import { note, OutputClosedError, writeBytes } from "../output/output.ts";

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
      brief: briefOf("export"),
      description:
        message`Keeps nanoseconds, attributes, ACLs, hard links, holes, devices and names of any bytes.`,
      footer: examples(
        "Examples:",
        "  icecore export photos.img photos/2014 --tar | ssh server tar -xf -",
        "  icecore export photos.img --tar | zstd > photos.tar.zst",
        "",
        ...exitCodes({ lossy: SALVAGED, verificationFailed: "a file is damaged (named)" }),
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
    if (process.stdout.isTTY === true) {
      throw new UsageError(
        "cannot write an archive to a terminal: it is bytes. Send it on with | or >.",
        "terminal",
      );
    }
    return await withImage(values, async (image) => {
      let countDamaged = 0;
      const pieces = exportImage(image, {
        ...(path === undefined ? {} : { path: (await findTyped(image, path)).path }),
        onSkipped: (skipped) =>
          quiet === true ? undefined : note(`icecore: skipped: ${skipped}: tar has no sockets`),
        onDamaged: ({ message }) => {
          countDamaged++;
          note(`icecore: ${message}`);
        },
      });
      for await (const piece of pieces) if (!writeBytes(1, piece)) throw new OutputClosedError();
      if (countDamaged > 0) {
        const files = counted(countDamaged, "file");
        throw new VerificationError(
          `cannot trust the archive: ${files} in it ${
            countDamaged === 1 ? "is" : "are"
          } not as stored. Export from another copy of the image.`,
        );
      }
    });
  },
};
