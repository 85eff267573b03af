/**
 * `icecore volume extract`: files and folders out of the volumes that have them.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import { exitCodes } from "../../exit_codes.ts";
import { common } from "../../output/common_options.ts";
import { catalogueArgument, reachingVolumes } from "../../volumes/catalogue_argument.ts";
import type { VolumeExtractValues } from "../../volumes/extract_catalogued.ts";

/** The command. */
export const volumeExtract = {
  parser: command(
    "extract",
    merge(
      object("What and where", {
        action: constant("extract"),
        catalogue: catalogueArgument,
        paths: multiple(argument(string({ metavar: "PATH" }), {
          description: message`A file or folder of any volume. Without any: everything.`,
        })),
        output: optional(option("-o", "--output", fileValue("DIR", "directory"), {
          description:
            message`The folder to extract into; made where it is missing. Default: the current one.`,
        })),
        force: optional(option("--force", {
          description: message`Replace files that are there already. Folders are never replaced.`,
        })),
      }),
      reachingVolumes,
      common,
    ),
    {
      brief: message`Extract files, folders or everything, out of all volumes.`,
      description:
        message`Each PATH keeps its place, as with icecore extract. Only the volumes that have something of it are opened, one after the other.`,
      footer: examples(
        "Examples:",
        "  icecore volume extract archive.catalogue -o /srv/restored",
        "  icecore volume extract archive.catalogue /projects/ice --volumes /mnt/vault -o /tmp",
        "",
        ...exitCodes({
          lossy: "done but something could not be restored (named)",
          verificationFailed: "a file is damaged and was left out (named)",
        }),
      ),
    },
  ),
  async run(values: VolumeExtractValues): Promise<number> {
    const { extractCatalogued } = await import("../../volumes/extract_catalogued.ts");
    return await extractCatalogued(values);
  },
};
