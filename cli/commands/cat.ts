/**
 * `icecore cat`: the contents of files of an image.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { PathError } from "../../ext4/reader/path_error.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { examples } from "../arguments/examples.ts";
import {
  imageArgument,
  reading,
  type ReadingValues,
  withImage,
} from "../arguments/image_argument.ts";
import { rangeOf, rangeOptions, type RangeValues } from "../arguments/range_options.ts";
import { findAllTyped, findTyped, type Found } from "../arguments/typed_path.ts";
import { exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import { OutputClosedError, writeBytes } from "../output/output.ts";

interface CatValues extends ReadingValues, RangeValues {
  readonly command: "cat";
  readonly paths: readonly string[];
}

/** The command. */
export const cat = {
  parser: command(
    "cat",
    merge(
      object("What", {
        command: constant("cat"),
        image: imageArgument,
        paths: multiple(
          argument(string({ metavar: "PATH" }), {
            description: message`A file in the image. Symbolic links are followed.`,
          }),
          {
            min: 1,
            errors: {
              tooFew:
                message`cannot print: no PATH was given. Name a file; see what there is with icecore ls.`,
            },
          },
        ),
        ...rangeOptions,
      }),
      reading,
      common,
    ),
    {
      brief: briefOf("cat"),
      description: message`Writes the contents of the files to stdout, one after the other.`,
      footer: examples(
        "Examples:",
        "  icecore cat photos.img /photos/2024/ice.jpg > ice.jpg",
        "  icecore cat s3://vault/photos.img /photos/index.html --length 1K",
        "",
        ...exitCodes({ verificationFailed: "a file is damaged (named)" }),
      ),
    },
  ),
  async run(values: CatValues): Promise<number> {
    const { startBytes, endBytes } = rangeOf(values);
    return await withImage(values, async (image) => {
      const files = await findAllTyped(image, values.paths, (path) => findFile(image, path));
      for (const { path } of files) {
        const range = { startBytes, endBytes, followSymlinks: true };
        for await (const piece of await image.readFile(path, range)) {
          if (!writeBytes(1, piece)) throw new OutputClosedError();
        }
      }
    });
  },
};

async function findFile(image: ImageReader, typed: string | Uint8Array): Promise<Found> {
  const found = await findTyped(image, typed, { followSymlinks: true });
  const { kind } = found.stat;
  if (kind === "file") return found;
  const advice = kind === "folder"
    ? "See what is in it with icecore ls, or take all of it with icecore extract."
    : "Only regular files have contents.";
  throw new PathError(
    "not-a-file",
    printable(typed),
    `cannot print ${printable(typed)}: it is a ${kind.replace("-", " ")}. ${advice}`,
  );
}
