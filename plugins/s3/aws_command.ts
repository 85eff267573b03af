/**
 * Commands of the AWS tools, for people to copy.
 * @module
 */

import { shownLocation } from "../../plugin.ts";
import type { StoreContext } from "./store.ts";

/** The command line, for the store that these options name. */
export function awsCommand(
  words: readonly string[],
  { endpoint }: Pick<StoreContext["options"], "endpoint">,
): string {
  const where = endpoint !== undefined ? ["--endpoint-url", shownLocation(endpoint)] : [];
  return ["aws", ...words, ...where].map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
