/**
 * `icecore volume ls`: what is in a folder of all volumes.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { examples } from "../../arguments/examples.ts";
import { listingFlags } from "../../arguments/listing_flags.ts";
import { exitCodes } from "../../exit_codes.ts";
import { common } from "../../output/common_options.ts";
import { catalogueArgument, reachingVolumes } from "../../volumes/catalogue_argument.ts";
import type { VolumeLsValues } from "../../volumes/list_catalogued.ts";

/** The command. */
export const volumeLs = {
  parser: command(
    "ls",
    merge(
      object("What", {
        action: constant("ls"),
        catalogue: catalogueArgument,
        paths: multiple(argument(string({ metavar: "PATH" }), {
          description: message`A path in any volume. Default: the root.`,
        })),
      }),
      object(
        "How",
        listingFlags(
          message`Print type and permissions, owner and group as numbers, size, time, and volume.`,
        ),
      ),
      reachingVolumes,
      common,
    ),
    {
      brief: message`List what is in all volumes together; none is opened.`,
      description:
        message`Lists in the order of bytes, from the catalogue alone. Only a symbolic link on the way to PATH is looked up in its volume.`,
      footer: examples(
        "Examples:",
        "  icecore volume ls archive.catalogue",
        "  icecore volume ls archive.catalogue -lh /projects/ice",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: VolumeLsValues): Promise<number> {
    const { listCatalogued } = await import("../../volumes/list_catalogued.ts");
    return await listCatalogued(values);
  },
};
