/**
 * What is known of a command, from the definition that also reads its command line.
 * @module
 */

import type { DocEntry, DocPage } from "@optique/core/doc";
import { formatMessage, type Message } from "@optique/core/message";
import { getDocPageSync, type Parser } from "@optique/core/parser";
import { formatUsage, formatUsageTerm, type Usage, type UsageTerm } from "@optique/core/usage";

/** An option or an argument. */
export interface PageEntry {
  /** As it is typed, e.g. `-o, --output IMAGE`. */
  readonly term: string;
  readonly text: string;
}

/** The page of a command, as text. */
export interface CommandPage {
  /** Without the program's name, e.g. `recipe schema`. */
  readonly name: string;
  readonly brief: string;
  /** What is typed, options left out: `icecore verify [OPTION]... IMAGE [PATH...]`. */
  readonly synopsis: string;
  readonly description: string;
  readonly sections: readonly { readonly title: string; readonly entries: readonly PageEntry[] }[];
  readonly examples: readonly string[];
  /** What stands below the examples: exit codes and the like, one paragraph each. */
  readonly notes: readonly string[];
}

/** The page of the command that `name` and perhaps a command of it, such as `recipe schema`, call. */
export function commandPage(
  parser: Parser<"sync", unknown, unknown>,
  name: string,
): CommandPage {
  const page: DocPage = getDocPageSync(parser, name.split(" ")) ?? { sections: [] };
  const { examples, notes } = footerOf(plain(page.footer));
  return {
    name,
    brief: plain(page.brief),
    synopsis: synopsisOf(name, page.usage ?? []),
    description: plain(page.description),
    sections: page.sections.map(({ title = "", entries }) => ({
      title,
      entries: entries.map(entryOf),
    })),
    examples,
    notes,
  };
}

function entryOf({ term, description }: DocEntry): PageEntry {
  return {
    term: term.type === "command"
      ? term.name
      : formatUsageTerm(term, { colors: false, optionsSeparator: ", " }),
    text: plain(description),
  };
}

/** A message without quotes, colours and broken lines. */
export function plain(message: Message | undefined): string {
  return message === undefined ? "" : formatMessage(message, { colors: false, quotes: false });
}

export function synopsisOf(name: string, usage: Usage): string {
  const hasCommands = (term: UsageTerm): boolean =>
    term.type === "exclusive"
      ? term.terms.some((terms) => terms.some((each) => each.type === "command"))
      : "terms" in term && (term.terms as Usage).some(hasCommands);
  if (usage.some(hasCommands)) return `icecore ${name} COMMAND [ARGUMENT...]`;
  const isOption = (term: UsageTerm): boolean =>
    term.type === "option" || ((term.type === "optional" || term.type === "multiple") &&
      term.terms.every(isOption));
  const isRequired = (term: UsageTerm): boolean =>
    term.type === "option" || (term.type === "multiple" && term.min > 0);
  const own = usage.filter((term) => term.type !== "command" && term.type !== "literal");
  const words = own.filter((term) => !isOption(term));
  const required = own.filter((term) => isOption(term) && isRequired(term));
  const rest = formatUsage("icecore", [...required, ...words], { colors: false })
    .replace(/^icecore/, "").trim();
  const some = own.length > words.length + required.length ? " [OPTION]..." : "";
  return `icecore ${name}${some}${rest === "" ? "" : ` ${rest}`}`;
}

/** The lines below `Examples:` up to an empty one, and the paragraphs behind them. */
function footerOf(text: string): { examples: string[]; notes: string[] } {
  const [first = "", ...rest] = text.split(/\n\s*\n/);
  const [title, ...lines] = first.split("\n");
  const hasExamples = /^Examples?:/.test(title ?? "");
  const notes = hasExamples ? rest : [first, ...rest];
  return {
    examples: hasExamples
      ? [title!.replace(/^Examples?:\s*/, ""), ...lines].map((line) => line.trim())
        .filter((line) => line !== "")
      : [],
    notes: notes.map((each) => each.replace(/\s*\n\s*/g, " ").trim()).filter((each) => each !== ""),
  };
}
