/**
 * `icecore volume cat`: the contents of files, out of the volume that has them.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { PathError } from "../../../ext4/reader/path_error.ts";
import { printable } from "../../../host/libc/paths.ts";
import { examples } from "../../arguments/examples.ts";
import { rangeOf, rangeOptions, type RangeValues } from "../../arguments/range_options.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { common } from "../../output/common_options.ts";
import { OutputClosedError, writeBytes } from "../../output/output.ts";
import { noteTraffic } from "../../output/traffic.ts";
import {
  catalogueArgument,
  type CatalogueValues,
  findCatalogued,
  OneVolume,
  reachingVolumes,
} from "../../volumes/catalogue_argument.ts";

interface VolumeCatValues extends CatalogueValues, RangeValues {
  readonly command: "volume";
  readonly action: "cat";
  readonly paths: readonly string[];
}

/** The command. */
export const volumeCat = {
  parser: command(
    "cat",
    merge(
      object("What", {
        action: constant("cat"),
        catalogue: catalogueArgument,
        paths: multiple(
          argument(string({ metavar: "PATH" }), {
            description: message`A file of any volume. Symbolic links are followed.`,
          }),
          {
            min: 1,
            errors: {
              tooFew:
                message`cannot print: no PATH was given. Name a file; see what there is with icecore volume find.`,
            },
          },
        ),
        ...rangeOptions,
      }),
      reachingVolumes,
      common,
    ),
    {
      brief: message`Print files of any volume.`,
      description:
        message`Writes the contents of the files to stdout, one after the other. Of all volumes, only the one with the file is opened.`,
      footer: examples(
        "Examples:",
        "  icecore volume cat archive.catalogue /projects/ice/readme.txt",
        "  icecore volume cat archive.catalogue /films/core.mp4 --volumes s3://vault/2024 > core.mp4",
        "",
        ...exitCodes({ verificationFailed: "a file is damaged (named)" }),
      ),
    },
  ),
  async run(values: VolumeCatValues): Promise<number> {
    const { startBytes, endBytes } = rangeOf(values);
    const { Catalogue } = await import("../../../volumes/catalogue/catalogue.ts");
    using catalogue = Catalogue.open(values.catalogue);
    await using volumes = new OneVolume(values);
    try {
      for (const path of values.paths) {
        const file = await findCatalogued(catalogue, path, true, volumes);
        if (file.kind !== "file") throw notAFile(path, file.kind);
        const image = await volumes.open(file.layer.volume);
        for await (const piece of await image.readFile(file.path, { startBytes, endBytes })) {
          if (!writeBytes(1, piece)) throw new OutputClosedError();
        }
        noteTraffic(image.traffic, values);
      }
    } catch (error) {
      if (!(error instanceof OutputClosedError)) throw error;
    }
    return EXIT.done;
  },
};

function notAFile(typed: string, kind: string): PathError {
  const advice = kind === "folder"
    ? "See what is in it with icecore volume ls, or take all of it with icecore volume extract."
    : "Only regular files have contents.";
  return new PathError(
    "not-a-file",
    printable(typed),
    `cannot print ${printable(typed)}: it is a ${kind.replace("-", " ")}. ${advice}`,
  );
}
