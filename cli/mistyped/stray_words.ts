/**
 * Words that are not what they were typed to be: `—output` of a word processor, `500 G` in two,
 * `--dry_run`, which the parser takes for a file's name.
 * @module
 */

import { existsSync } from "node:fs";
import type { Usage } from "@optique/core/usage";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { optionsOf } from "../arguments/habits.ts";
import { optionHint } from "./option_hint.ts";

/**
 * Refuses them, where no file has such a name.
 *
 * @throws UsageError `stray-word`
 */
export function refuseStrayWords(args: readonly string[], usage: Usage | undefined): void {
  if (usage === undefined) return;
  const [command = "", ...rest] = args;
  const options = optionsOf(usage, rest);
  for (const [index, word] of rest.entries()) {
    if (word === "--") return;
    const before = rest[index - 1] ?? "";
    if (options.get(before) === true || existsSync(word)) continue;
    const why = whyStray(word) ?? ofTwoWords(before, word, options.get(rest[index - 2] ?? ""));
    if (why === undefined) continue;
    const hint = optionHint(word.replace(LONG_DASH, "--"), rest, command, usage);
    throw new UsageError(
      `cannot use the argument ${printable(word)}: ${why}` +
        (LIKE_OPTION.test(word) && hint !== undefined ? ` ${hint}` : ""),
      "stray-word",
    );
  }
}

const LONG_DASH = /^[\u2012-\u2015\u2212]+-?/;
const LIKE_OPTION = /^(?:[\u2012-\u2015\u2212]|--?[a-z]\w*_)/i;
const UNIT = /^(?:%|percent|bytes|[KMGT](?:i?B)?(?:\/s)?)$/i;

function whyStray(word: string): string | undefined {
  if (LONG_DASH.test(word)) {
    return "it begins with a long dash, as a word processor makes it of hyphens. Type the hyphens.";
  }
  if (/[\u201c-\u201f\u00ab\u00bb]/.test(word)) {
    return "it has quotation marks that a shell does not know. Type them as ' or \".";
  }
  if (LIKE_OPTION.test(word)) {
    return "it is neither an option nor a file. Options have hyphens, and no underscores.";
  }
  return undefined;
}

function ofTwoWords(
  before: string,
  word: string,
  takesValue: boolean | undefined,
): string | undefined {
  if (takesValue !== true || !UNIT.test(word) || !/^\d+(?:\.\d+)?$/.test(before)) return undefined;
  return `a number and its unit are one word. Write ${before}${word}.`;
}
