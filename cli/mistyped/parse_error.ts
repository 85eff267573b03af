/**
 * The parser's complaints about a command line, in icecore's words, and with what the parser leaves
 * out: the nearest flag, and where to find help.
 * @module
 */

import { extractCommandNames, type Usage } from "@optique/core/usage";
import { withShownLocations } from "../../host/block_source/location.ts";
import { didYouMean } from "../../pipeline/words/suggest.ts";
import type { Usages } from "../arguments/usages.ts";
import { synopsisOf } from "../manual/command_page.ts";
import { TOPICS } from "../manual/topics.ts";
import { note, printJson } from "../output/output.ts";
import { commandHint } from "./command_hint.ts";
import { optionHint } from "./option_hint.ts";

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
  // Its own guesses do not know what other programs call things.
  const plain = withoutStyle(said).trimEnd().replace(/\n\nDid you mean [^]*$/, "")
    .replace("Error: ", "");
  const text = inOurWords(plain, command, usage);
  const help = usage === undefined ? "See: icecore --help" : `See: icecore ${command} --help`;
  return [`icecore: ${text}`, hint(plain, args, usage, usages), help]
    .filter((line) => line !== undefined).join("\n");
}

const UNEXPECTED = /^Unexpected option[^:]*: `([^]*)`\.$/;
const MISSING = /^Expected an? (\S+), but too few arguments\.$/;
const NO_CHOICE = /^No matching .* found\.$/;

function inOurWords(said: string, command: string, usage: Usage | undefined): string {
  const word = UNEXPECTED.exec(said)?.[1];
  if (word === undefined) {
    if (NO_CHOICE.test(said) && usage !== undefined) {
      return `${command} takes a command of its own, and there is none.`;
    }
    return said.replace(MISSING, "No $1 is named.");
  }
  const shown = `\`${word}\``;
  if (word.length > 1 && word.startsWith("-")) {
    return `${shown} is not an option of icecore${usage === undefined ? "" : ` ${command}`}.`;
  }
  if (command === "help") return `${shown} is neither a command nor a topic.`;
  if (usage === undefined) return `${shown} is not a command of icecore.`;
  return commandsOf(usage).length > 0
    ? `${shown} is not a command of icecore ${command}.`
    : `${shown} is one argument too many for icecore ${command}.`;
}

/** What was meant, or what is to be written. */
function hint(
  said: string,
  args: readonly string[],
  usage: Usage | undefined,
  usages: Usages,
): string | undefined {
  const [command = "", ...rest] = args;
  const word = UNEXPECTED.exec(said)?.[1];
  if (usage !== undefined) {
    const commands = commandsOf(usage);
    if (word?.startsWith("-") === true && word.length > 1) {
      return optionHint(word, rest, command, usage);
    }
    if (commands.length > 0 && (word !== undefined || NO_CHOICE.test(said))) {
      return `Its commands are ${commands.join(", ")}.`;
    }
    if (said.endsWith("cannot be used multiple times.")) return "Once is enough.";
    return word !== undefined || MISSING.test(said)
      ? `Usage: ${synopsisOf(command, usage)}`
      : undefined;
  }
  if (word === undefined) return undefined;
  const named = args.find((arg) => Object.hasOwn(usages, arg));
  const wanted = command === "help" ? rest[0] : command;
  return commandHint(wanted, args.slice(args.indexOf(wanted ?? "") + 1), Object.keys(usages)) ??
    (command === "help" ? topicHint(wanted, usages) : undefined) ??
    (named === undefined || named === "help" || !word.startsWith("-")
      ? undefined
      : `Options come behind the command, as in: icecore ${named} ${word}`);
}

/** The commands of a command, as of `icecore volume`. */
function commandsOf(usage: Usage): string[] {
  const [own, ...others] = extractCommandNames(usage);
  return own === undefined ? [] : others;
}

function topicHint(word = "", usages: Usages): string | undefined {
  const names = [...Object.keys(usages), ...Object.keys(TOPICS)];
  return didYouMean(word.toLowerCase(), names)?.replace("mean ", "mean icecore help ");
}

function withoutStyle(text: string): string {
  // deno-lint-ignore no-control-regex -- on a terminal the flag is in italics
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
