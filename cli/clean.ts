/**
 * `icecore clean`: releases what killed builds left.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { command, constant } from "@optique/core/primitives";
import { releaseLeftovers } from "../host/leftovers.ts";
import { printable } from "../host/libc/paths.ts";
import { common, type CommonValues } from "./common.ts";
import { examples } from "./examples.ts";
import { EXIT, exitCodes } from "./exit_codes.ts";
import { print, printJson } from "./output.ts";

interface CleanValues extends CommonValues {
  readonly command: "clean";
}

/** The command. */
export const clean = {
  parser: command("clean", merge(object({ command: constant("clean") }), common), {
    brief: message`Release what builds left that were killed.`,
    description:
      message`Ends their programs, unmounts their images, frees their loop devices, and removes their partial images and temporary folders. Touches nothing of a build that still runs, and nothing that is not icecore's.`,
    footer: examples("Example:", "  sudo icecore clean", "", ...exitCodes()),
  }),
  async run({ json, quiet }: CleanValues): Promise<number> {
    const released = await releaseLeftovers();
    for (const each of released) {
      if (json === true) printJson({ type: "released", ...each });
      else if (quiet !== true) print(`released ${each.kind} ${printable(each.what)}`);
    }
    if (released.length === 0 && json !== true && quiet !== true) print("nothing to clean");
    return EXIT.done;
  },
};
