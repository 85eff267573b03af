/**
 * Names that are stored in another volume than the one in whose range they lie.
 * @module
 */

import type { Breather } from "../../host/breathe.ts";
import type { MovedNames } from "../plan/plan.ts";
import { pathText } from "../plan/path_text.ts";
import type { Part } from "./measure_parts.ts";
import { PathStack, textOfNames } from "./path_stack.ts";
import type { TreeNames } from "./tree_names.ts";

/** Names of one folder on one line, and no more than these. */
const MOST_NAMES = 1000;

/** Moved names of a folder, and a stamp of the folders above them. */
export interface Moved extends MovedNames {
  /** Changes with the metadata of the folders that are repeated for their sake. */
  readonly stamps: string;
}

/**
 * Finds them.
 *
 * @param parts Those of ranges in their order, then the large files.
 */
export async function* movedNames(
  names: TreeNames,
  parts: readonly Part[],
  breather: Breather,
): AsyncGenerator<Moved> {
  const volumes = new Volumes(parts);
  const stack = new PathStack();
  const stamps: string[] = [];
  let open: OpenLine | undefined;
  for (const { ordinal, found, first } of names.all()) {
    if (breather.due) await breather.pause();
    stack.enter(found);
    // Deeper ones are of folders that have ended; files have none below.
    if (found.type === 1) {
      stamps[found.depth] = `${found.stampHigh.toString(36)}.${found.stampLow.toString(36)}`;
    }
    const from = volumes.rangeOf(ordinal);
    const to = volumes.homeOf(first ?? ordinal);
    if (from === to) continue;
    const why = volumes.isLarge(to) ? "large" : "link";
    const folder = textOfNames(stack.names(1));
    if (open?.isFor(folder, from, to) !== true) {
      if (open !== undefined) yield open.line();
      open = new OpenLine(folder, from, to, why, stamps.slice(0, found.depth).join(" "));
    }
    open.names.push(pathText(found.name));
  }
  if (open !== undefined) yield open.line();
}

class OpenLine {
  readonly names: string[] = [];

  constructor(
    readonly folder: string,
    readonly from: number,
    readonly to: number,
    readonly why: "link" | "large",
    readonly stamps: string,
  ) {}

  isFor(folder: string, from: number, to: number): boolean {
    return folder === this.folder && from === this.from && to === this.to &&
      this.names.length < MOST_NAMES;
  }

  line(): Moved {
    const { folder, names, from, to, why, stamps } = this;
    return { type: "moved", folder, names, from, to, why, stamps };
  }
}

/** Which volume a name lies in, by its number. */
class Volumes {
  readonly #starts: number[] = [];
  readonly #large = new Map<number, number>();

  constructor(parts: readonly Part[]) {
    for (const [index, { range, ordinal }] of parts.entries()) {
      if (range === undefined) this.#large.set(ordinal, index);
      else this.#starts.push(ordinal);
    }
  }

  /** In whose range it lies. */
  rangeOf(ordinal: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= ordinal) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Where an inode is stored whose first name it is. */
  homeOf(ordinal: number): number {
    return this.#large.get(ordinal) ?? this.rangeOf(ordinal);
  }

  isLarge(volume: number): boolean {
    return volume >= this.#starts.length;
  }
}
