/**
 * What `--help` and `icecore help TOPIC` print, where that is ours and not the parser's.
 * @module
 */

import { commandPage } from "./command_page.ts";
import { drawingFor } from "./drawing.ts";
import type { Commands } from "./manual.ts";
import { overview } from "./overview.ts";
import { type Drawing, shortHelp } from "./short_help.ts";

/**
 * The help that a command line asks for: `icecore --help`, `icecore COMMAND --help`, which fits one
 * screen, or a page of the documentation. `undefined` for what the parser answers: `help COMMAND`.
 */
export async function helpFor(
  args: readonly string[],
  commands: Commands,
): Promise<string | undefined> {
  const [first = "", second = ""] = args;
  if (asksForAll(args)) return overview(drawingFor(args));
  if (first === "help") return await topicPage(second, commands, drawingFor(args));
  const end = args.indexOf("--");
  const asked = args.indexOf("--help");
  if (asked < 1 || (end >= 0 && end < asked)) return undefined;
  const parser = Object.hasOwn(commands, first) ? commands[first]?.parser : undefined;
  if (parser === undefined) return undefined;
  const own = commandPage(parser, first);
  const isBelow = own.sections.some(({ entries }) => entries.some(({ term }) => term === second));
  const page = isBelow ? commandPage(parser, `${first} ${second}`) : own;
  return shortHelp(page, drawingFor(args));
}

async function topicPage(
  name: string,
  commands: Commands,
  drawing: Drawing,
): Promise<string | undefined> {
  // Of a page and a command of one name, the command is meant.
  if (name === "" || name.startsWith("-") || Object.hasOwn(commands, name)) return undefined;
  const { TOPICS, topicList } = await import("./topics.ts");
  if (name === "topics") return `Pages, each by: icecore help TOPIC\n\n${topicList()}`;
  const page = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
  if (page === undefined) return undefined;
  const { terminalPage } = await import("./terminal_page.ts");
  return terminalPage(page, drawing);
}

/** Whether it is the list of all commands that is asked for. */
function asksForAll(args: readonly string[]): boolean {
  const [word, ...more] = args.filter((arg) => arg !== "--no-color");
  return (word === "--help" || word === "help") && more.length === 0;
}
