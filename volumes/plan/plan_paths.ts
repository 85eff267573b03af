/**
 * What a plan and the files beside it are called.
 * @module
 */

import { basename } from "node:path";
import { UsageError } from "../../pipeline/build_errors.ts";
import { printable } from "../../host/libc/paths.ts";

/** Where the list of a plan's names lies. */
export function namesPathOf(planPath: string): string {
  return `${planPath}.names`;
}

/** What volumes of a plan are named after: its file, without an ending. */
export function planNameOf(planPath: string): string {
  const name = basename(planPath).replace(/\.(plan|json|ndjson|jsonl)$/, "");
  if (/^[^.]/.test(name) && name !== "") return name;
  throw new UsageError(
    `cannot name volumes after ${printable(planPath)}: a name must not begin with a dot. ` +
      "Choose another name for the plan, such as photos.plan.",
    "no-name",
  );
}

/** The name of a volume, e.g. `photos-0003`; of later generations, `photos.2-0003`. */
export function volumeName(name: string, generation: number, index: number): string {
  const suffix = generation === 1 ? "" : `.${generation}`;
  return `${name}${suffix}-${String(index).padStart(4, "0")}`;
}
