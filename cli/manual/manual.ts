/**
 * All manual pages, made of the definitions that read the command line.
 * @module
 */

import type { Parser } from "@optique/core/parser";
import { extractCommandNames } from "@optique/core/usage";
import type { About } from "./about.ts";
import { type CommandPage, commandPage } from "./command_page.ts";
import { type Edition, manName, manPage, overview } from "./man_page.ts";

/** Commands by name. */
export type Commands = Readonly<
  Record<string, { readonly parser: Parser<"sync", unknown, unknown> }>
>;

/** The pages of all commands and of theirs, such as `recipe schema`. */
export function commandPages(commands: Commands): CommandPage[] {
  return Object.entries(commands).flatMap(([name, { parser }]) =>
    namesOf(name, parser).map((each) => commandPage(parser, each))
  );
}

/** The pages by file name, e.g. `icecore-verify.1`. */
export function manualPages(
  commands: Commands,
  about: About,
  edition: Edition,
): Map<string, string> {
  const pages = commandPages(commands);
  return new Map([
    ["icecore.1", overview(about, pages, [about.codes.join(" ")], edition)],
    ...pages.map((page) => [`${manName(page.name)}.1`, manPage(page, edition)] as const),
  ]);
}

/** A command and those below it, as they are typed. */
function namesOf(name: string, { usage }: Parser<"sync", unknown, unknown>): string[] {
  const below = [...extractCommandNames(usage)].filter((each) => each !== name);
  return [name, ...below.map((each) => `${name} ${each}`)];
}
