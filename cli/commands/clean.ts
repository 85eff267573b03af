/**
 * `icecore clean`: releases what killed builds left.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import { type Released, releaseLeftovers } from "../../host/leftovers/leftovers.ts";
import { printable } from "../../host/libc/paths.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print, printJson } from "../output/output.ts";

interface CleanValues extends CommonValues {
  readonly command: "clean";
  readonly places: readonly string[];
}

/** The command. */
export const clean = {
  parser: command(
    "clean",
    merge(
      object("What", {
        command: constant("clean"),
        places: multiple(argument(fileValue("FOLDER|IMAGE"), {
          description:
            message`A folder that images were built into, or an image that was to be built. Default: this folder, and all builds that had their temporary folder on this machine.`,
        })),
      }),
      common,
    ),
    {
      brief: briefOf("clean"),
      description:
        message`Ends their programs, unmounts their images, frees their loop devices, and removes their partial images and temporary folders. Touches nothing of a build that still runs, and nothing that is not icecore's.`,
      footer: examples(
        "Examples:",
        "  sudo icecore clean",
        "  icecore clean /backup",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run({ places, json, quiet }: CleanValues): Promise<number> {
    const released = await releaseLeftovers(places.length === 0 ? undefined : places);
    for (const each of released) {
      if (json === true) printJson({ type: "released", ...each });
      else if (quiet !== true) print(sentence(each));
    }
    if (released.length === 0 && json !== true && quiet !== true) print("nothing to clean");
    return EXIT.done;
  },
};

function sentence({ kind, what }: Released): string {
  return kind === "restored"
    ? `put back ${printable(what)}`
    : `released ${kind} ${printable(what)}`;
}
