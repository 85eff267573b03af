/**
 * The parser's complaints about a command line, in icecore's words, and with what the parser leaves
 * out: the nearest flag, and where to find help.
 * @module
 */

import { extractOptionNames, type Usage } from "@optique/core/usage";
import { withShownLocations } from "../../host/block_source/location.ts";
import { didYouMean } from "../../pipeline/words/suggest.ts";
import { note, printJson } from "../output/output.ts";
import { commandHint } from "./command_hint.ts";

/** The usage of each command, by name. */
export type Usages = Readonly<Record<string, Usage>>;

/** Prints a parser's message: for people, and for scripts where `--json` is among `args`. */
export function printParseError(said: string, args: readonly string[], usages: Usages): void {
  // What comes without an error is the usage of all commands, before the error of a wrong one.
  if (!said.includes("Error: ")) return;
  const text = withShownLocations(explain(said, args, usages));
  if (wantsJson(args)) {
    const message = withoutStyle(text).replace(/^icecore: /, "");
    const target = goesToStdout(args) ? 2 : 1;
    printJson({ type: "error", code: "usage", message }, target);
    if (target === 2) return;
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
function explain(said: string, args: readonly string[], usages: Usages): string {
  const [command] = args;
  if (command === undefined) return "icecore: no command is given. See: icecore --help";
  const usage = Object.hasOwn(usages, command) ? usages[command] : undefined;
  const text = said.trimEnd().replace("Error: ", "icecore: ").replace(
    /Expected an? (\S+), but too few arguments\./,
    "No $1 is named.",
  );
  const other = usage === undefined
    ? commandHint(command === "help" ? args[1] : command)
    : undefined;
  if (other !== undefined) {
    return `${text.replace(/\n\nDid you mean [^]*$/, "")}\n${other}\nSee: icecore --help`;
  }
  const help = usage === undefined ? "See: icecore --help" : `See: icecore ${command} --help`;
  return [text, hint(text, args, usage, usages), help].filter((line) => line !== undefined)
    .join("\n");
}

/** What was meant, where a flag is not known. */
function hint(
  text: string,
  args: readonly string[],
  usage: Usage | undefined,
  usages: Usages,
): string | undefined {
  const plain = withoutStyle(text);
  const unknown = /Unexpected option[^:]*: `?(-[^`=\s]+?)(=[^`]*)?`?\.$/m.exec(plain)?.[1];
  if (unknown === undefined || plain.includes("Did you mean")) return;
  const habit = HABITS[unknown];
  if (habit !== undefined) return `Did you mean ${habit}?`;
  if (usage !== undefined) return nearest(unknown, usage);
  const named = args.find((arg) => Object.hasOwn(usages, arg));
  return named === undefined
    ? undefined
    : `Options come behind the command, as in: icecore ${named} ${unknown}`;
}

/** What other programs call it. */
const HABITS: Readonly<Record<string, string>> = { "-h": "--help", "-V": "--version" };

/** The nearest flag; a long one may have been written with one hyphen, as find has them. */
function nearest(unknown: string, usage: Usage): string | undefined {
  const word = unknown.replace(/^--?/, "");
  if (word.length < 2) return;
  const names = [...extractOptionNames(usage)].filter((name) => name.startsWith("--"));
  return didYouMean(word, names.map((name) => name.slice(2)))?.replace("mean ", "mean --");
}

function withoutStyle(text: string): string {
  // deno-lint-ignore no-control-regex -- on a terminal the flag is in italics
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
