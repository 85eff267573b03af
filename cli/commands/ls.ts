/**
 * `icecore ls`: what is in an image.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { examples } from "../arguments/examples.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { listingFlags, type ListingValues } from "../arguments/listing_flags.ts";
import { SALVAGED, salvaging, type SalvagingValues } from "../arguments/salvage.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";

interface LsValues extends ReadingValues, SalvagingValues, ListingValues {
  readonly command: "ls";
  readonly paths: readonly string[];
  readonly directory: boolean | undefined;
}

/** The command. */
export const ls = {
  parser: command(
    "ls",
    merge(
      object("What", {
        command: constant("ls"),
        image: imageArgument,
        paths: multiple(argument(string({ metavar: "PATH" }), {
          description: message`A path in the image. Default: its root.`,
        })),
      }),
      object("How", {
        ...listingFlags(
          message`Print type and permissions, links, owner and group as numbers, size, time.`,
        ),
        directory: optional(option("-d", "--directory", {
          description: message`Print folders themselves, not what is in them.`,
        })),
        all: optional(option("-a", "--all", {
          description: message`For the sake of habit: hidden names are always printed.`,
        })),
      }),
      reading,
      salvaging,
      common,
    ),
    {
      brief: briefOf("ls"),
      description:
        message`Lists in the order of bytes, as LC_ALL=C ls does. Control characters in names are printed as \\n or \\033; a path may be given in that form.`,
      footer: examples(
        "Examples:",
        "  icecore ls photos.img",
        "  icecore ls -lR photos.img /photos/2024",
        "  icecore ls -l https://backup.example.org/photos.img",
        "",
        ...exitCodes({ lossy: SALVAGED }),
      ),
    },
  ),
  async run(values: LsValues): Promise<number> {
    const { listPaths } = await import("../listing/list_paths.ts");
    return await withImage(
      values,
      (image, leftOut) =>
        listPaths(image, leftOut, values.paths.length === 0 ? ["/"] : values.paths, {
          isLong: values.long === true,
          isRecursive: values.recursive === true,
          isDirectory: values.directory === true,
          isHuman: values.human === true,
          isJson: values.json === true,
        }),
    );
  },
};
