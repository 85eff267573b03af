/**
 * What the parser says of a command line, in icecore's words, with what it leaves out: the nearest
 * flag, and where help is.
 * @module
 */

import { extractOptionNames, type Usage } from "@optique/core/usage";
import { didYouMean, withShownLocations } from "../mod.ts";
import { note, printJson } from "./output.ts";

/** The usage of each command, by name. */
export type Usages = Readonly<Record<string, Usage>>;

/** Prints a parser's message: for people, and for scripts where `--json` is among `args`. */
export function printParseError(said: string, args: readonly string[], usages: Usages): void {
  const text = withShownLocations(explain(said, args, usages));
  if (said.includes("Error: ") && wantsJson(args)) {
    const message = withoutStyle(text).replace(/^icecore: /, "");
    printJson({ type: "error", code: "usage", message }, goesToStdout(args) ? 2 : 1);
  }
  note(text);
}

function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).includes("--json");
}

/** Whether the image would have gone there. */
function goesToStdout(args: readonly string[]): boolean {
  return args[0] === "build" && args.some((arg) => ["-", "-o-", "--output=-"].includes(arg));
}

/** A parser's message about `args` as icecore prints it. */
export function explain(said: string, args: readonly string[], usages: Usages): string {
  // The usage that follows some messages comes as a text of its own.
  if (!said.includes("Error: ")) return said.trimEnd();
  const [command] = args;
  if (command === undefined) return "icecore: no command is given. See: icecore --help";
  const usage = Object.hasOwn(usages, command) ? usages[command] : undefined;
  const text = said.trimEnd().replace("Error: ", "icecore: ");
  const help = usage === undefined ? "See: icecore --help" : `See: icecore ${command} --help`;
  return [text, nearest(text, usage), help].filter((line) => line !== undefined).join("\n");
}

function nearest(text: string, usage: Usage | undefined): string | undefined {
  const plain = withoutStyle(text);
  const unknown = /Unexpected option[^:]*: `?--([^`=\s]+?)(=[^`]*)?`?\.$/m.exec(plain)?.[1];
  if (unknown === undefined || usage === undefined || plain.includes("Did you mean")) return;
  const names = [...extractOptionNames(usage)].filter((name) => name.startsWith("--"));
  const nearestName = didYouMean(unknown, names.map((name) => name.slice(2)));
  return nearestName?.replace("mean ", "mean --");
}

function withoutStyle(text: string): string {
  // deno-lint-ignore no-control-regex -- on a terminal the flag is in italics
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
