/**
 * `icecore list`: the images of a folder.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, command, constant } from "@optique/core/primitives";
import { isRemote } from "../../host/block_source/location.ts";
import { fileStatus } from "../../host/files/file_status.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { imageJson, imageRows } from "../listing/image_rows.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";
import { readImageFolder } from "../rotation/image_folder.ts";
import { readStoredImages } from "../rotation/stored_images.ts";

interface ListValues extends CommonValues {
  readonly command: "list";
  readonly folder: string;
}

/** The command. */
export const list = {
  parser: command(
    "list",
    merge(
      object("What", {
        command: constant("list"),
        folder: argument(fileValue("FOLDER", "directory"), {
          description: message`A folder of images, or s3://BUCKET/FOLDER/.`,
        }),
      }),
      common,
    ),
    {
      brief: briefOf("list"),
      description:
        message`Reads the head of each file that ends in .img, and the note beside it. A date with ~ is that of the file's name.`,
      footer: examples(
        "Examples:",
        "  icecore list /backup",
        "  icecore list --json s3://vault/photos/",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run({ folder, json }: ListValues): Promise<number> {
    if (!isRemote(folder) && fileStatus(folder)?.isDirectory() === false) {
      throw new UsageError(
        `cannot list ${printable(folder)}: it is not a folder. ` +
          "To list what is in an image: icecore ls IMAGE",
        "no-folder",
      );
    }
    const images = await (isRemote(folder) ? readStoredImages(folder) : readImageFolder(folder));
    if (json === true) {
      for (const image of images) printJson({ type: "image", ...imageJson(image) });
    } else if (images.length > 0) print(imageRows(images));
    return EXIT.done;
  },
};
