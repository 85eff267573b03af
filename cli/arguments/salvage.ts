/**
 * `--salvage`: what is broken in an image is left out and named, instead of ending the command.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { CorruptImageError, type UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import type { LeavingOut } from "../../ext4/reader/leave_out.ts";
import { printable } from "../../host/libc/paths.ts";
import { EXIT } from "../exit_codes.ts";
import type { CommonValues } from "../output/common_options.ts";
import { note, printJson } from "../output/output.ts";
import { joinedBelow } from "./image_path.ts";

/** The option, as a parser to be merged into a command's. */
export const salvaging = object("Damaged images", {
  salvage: optional(option("--salvage", {
    description: message`Leave out what is broken, and name it, instead of stopping there.`,
  })),
});

/** What the exit code 3 means: what is encrypted is left out in any case. */
export const SALVAGED = "done but something broken or encrypted was left out (named)";

/** The values of a command that has the option. */
export interface SalvagingValues {
  readonly salvage: boolean | undefined;
}

/** Lines that are kept to be printed elsewhere. */
const MOST_LINES = 500;

type LeftOutError = CorruptImageError | UnsupportedFeatureError;

/** Names what was left out of an image. */
export class LeftOut {
  #count = 0;
  readonly #lines: string[] = [];
  #folder: Uint8Array = new Uint8Array();

  /** @param above Makes room for a message where progress is drawn. */
  constructor(
    private readonly values: CommonValues & Partial<SalvagingValues>,
    private readonly above: (say: () => void) => void = (say) => say(),
  ) {}

  /** For `openImage`: what is broken is left out only with the option. */
  get listeners(): LeavingOut {
    const add = (error: LeftOutError, path: Uint8Array | undefined) => this.#add(error, path);
    return { onUnsupported: add, onBroken: this.values.salvage === true ? add : undefined };
  }

  /** Where what is left out from now on lies: its paths are below a folder of the image. */
  below(folder: Uint8Array): void {
    this.#folder = folder;
  }

  /** What was left out so far, a line each: the first of them, where they are many. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get exitCode(): number {
    return this.#count === 0 ? EXIT.done : EXIT.lossy;
  }

  #add(error: LeftOutError, path: Uint8Array | undefined): void {
    this.#count++;
    const { code, message } = error;
    const shown = path === undefined ? undefined : this.#shown(path);
    const line = `${shown === undefined ? "" : `left out: ${shown}: `}${message}`;
    if (this.#lines.length < MOST_LINES) this.#lines.push(line);
    this.above(() => {
      if (this.values.json === true) {
        const what = error instanceof CorruptImageError
          ? { structure: error.structure }
          : { features: error.features };
        printJson({ type: "left-out", path: shown, code, ...what, message });
      } else note(`icecore: ${line}`);
    });
  }

  #shown(path: Uint8Array): string {
    const whole = joinedBelow(this.#folder, path);
    return whole.length === 0 ? "/" : printable(whole);
  }
}
