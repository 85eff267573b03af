/**
 * Commands of the AWS tools, for people to copy.
 * @module
 */

import { shownLocation } from "../../mod.ts";
import type { StoreContext } from "./store.ts";

/** The command line, for the store that these options name. */
export function awsCommand(
  words: readonly string[],
  { endpoint }: StoreContext["options"],
): string {
  const where = typeof endpoint === "string" ? ["--endpoint-url", shownLocation(endpoint)] : [];
  return ["aws", ...words, ...where].map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
