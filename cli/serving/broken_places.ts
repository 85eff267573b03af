/**
 * What is broken or encrypted in the images that are served: named once, however often it is met.
 * @module
 */

import type { CorruptImageError, UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import type { LeavingOut } from "../../ext4/reader/leave_out.ts";
import { printable } from "../../host/libc/paths.ts";
import { note } from "../output/output.ts";

/** Beyond so many nobody reads on. */
const MOST_NAMED = 1000;

/** Names what is left out of pages. */
export class BrokenPlaces {
  readonly #named = new Set<string>();

  /** For `openImage`: pages show what is left. */
  get listeners(): LeavingOut {
    const name = (error: CorruptImageError | UnsupportedFeatureError, path?: Uint8Array) =>
      this.say(`${path === undefined ? "" : `left out: ${printable(path)}: `}${error.message}`);
    return { onBroken: name, onUnsupported: name };
  }

  /** Prints a problem, unless it was printed before. */
  say(problem: string): void {
    if (this.#named.has(problem) || this.#named.size > MOST_NAMED) return;
    this.#named.add(problem);
    const isLast = this.#named.size > MOST_NAMED;
    note(`icecore: ${isLast ? "there are more problems, which are not printed" : problem}`);
  }
}
