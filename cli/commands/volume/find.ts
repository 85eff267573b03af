/**
 * `icecore volume find`: files of all volumes by name, digest, size, time and type.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import process from "node:process";
import { UsageError } from "../../../pipeline/build_errors.ts";
import { examples } from "../../arguments/examples.ts";
import { exitCodes } from "../../exit_codes.ts";
import { conditions } from "../../finding/condition_options.ts";
import { common } from "../../output/common_options.ts";
import { catalogueArgument, reachingVolumes } from "../../volumes/catalogue_argument.ts";
import type { VolumeFindValues } from "../../volumes/find_catalogued.ts";

/** The command. */
export const volumeFind = {
  parser: command(
    "find",
    merge(
      object("What", {
        action: constant("find"),
        catalogue: catalogueArgument,
        start: optional(argument(string({ metavar: "PATH" }), {
          description: message`Where to begin, or the file itself. Default: the root.`,
        })),
      }),
      conditions,
      object("Conditions of a catalogue", {
        digest: optional(option("--digest", string({ metavar: "SHA256" }), {
          description:
            message`The SHA-256 of its contents is this, or begins so: at least 4 digits.`,
        })),
      }),
      object("How", {
        long: optional(option("-l", {
          description:
            message`Print type and permissions, owner and group as numbers, size, time, and volume.`,
        })),
        print0: optional(option("--print0", {
          description: message`Print names as they are, each with a NUL behind, for xargs -0.`,
        })),
      }),
      reachingVolumes,
      common,
    ),
    {
      brief: message`Find files in all volumes; none is opened.`,
      description:
        message`Prints the paths below PATH that meet all conditions, from the catalogue alone; once for each volume that has it.`,
      footer: examples(
        "Examples:",
        "  icecore volume find archive.catalogue --name '*.jpg' --newer 2024-05-01",
        "  icecore volume find archive.catalogue -l /projects/ice --size +1G",
        "  icecore volume find archive.catalogue --digest 9f86d081884c7d65",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: VolumeFindValues): Promise<number> {
    if (values.print0 === true && process.stdout.isTTY === true) {
      throw new UsageError(
        "cannot print names as they are to a terminal: they may hold commands for it. " +
          "Pipe them into a program, or leave --print0 out.",
        "terminal",
      );
    }
    const { findCataloguedPaths } = await import("../../volumes/find_catalogued.ts");
    return await findCataloguedPaths(values);
  },
};
