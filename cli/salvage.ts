/**
 * `--salvage`: what is broken in an image is left out and named, instead of ending the command.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import type { OnBroken } from "../ext4/reader/leave_out.ts";
import { printable } from "../host/libc/paths.ts";
import type { CommonValues } from "./common.ts";
import { EXIT } from "./exit_codes.ts";
import { note, printJson } from "./output.ts";

/** The option, as a parser to be merged into a command's. */
export const salvaging = object("Damaged images", {
  salvage: optional(option("--salvage", {
    description: message`Leave out what is broken, and name it, instead of stopping there.`,
  })),
});

/** What the exit code 3 means with it. */
export const SALVAGED = "done but something broken was left out (named)";

/** The values of a command that has the option. */
export interface SalvagingValues {
  readonly salvage: boolean | undefined;
}

/** Names what was left out of an image. */
export class LeftOut {
  #count = 0;

  /** @param above Makes room for a message where progress is drawn. */
  constructor(
    private readonly values: CommonValues & Partial<SalvagingValues>,
    private readonly above: (say: () => void) => void = (say) => say(),
  ) {}

  /** For `openImage`; without the option there is none. */
  get listener(): OnBroken | undefined {
    if (this.values.salvage !== true) return undefined;
    return ({ code, structure, message }, path) => {
      this.#count++;
      const shown = path === undefined ? undefined : path.length === 0 ? "/" : printable(path);
      this.above(() => {
        if (this.values.json === true) {
          printJson({ type: "left-out", path: shown, code, structure, message });
        } else note(`icecore: ${shown === undefined ? "" : `left out: ${shown}: `}${message}`);
      });
    };
  }

  get exitCode(): number {
    return this.#count === 0 ? EXIT.done : EXIT.lossy;
  }
}
