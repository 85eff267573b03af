/**
 * Help on one screen: what a command is for, its first options, an example, the exit codes. All of
 * it is behind `help COMMAND` and in the manual page.
 * @module
 */

import type { CommandPage, PageEntry } from "./command_page.ts";

/** The lines of a small terminal, but for the one with the prompt below the help. */
export const LINES = 23;

/** How help is drawn. */
export interface Drawing {
  readonly width: number;
  readonly color: boolean;
}

/** At most this many columns are for what is typed. */
const MOST_TERM = 28;

/** The help of a command, no longer than a screen of 24 lines. */
export function shortHelp(page: CommandPage, { width, color }: Drawing): string {
  const bold = (text: string) => (color ? `\x1b[1m${text}\x1b[0m` : text);
  const [usage = "", ...more] = wrapped(`Usage: ${page.synopsis}`, width, " ".repeat(7));
  const entries = page.sections.flatMap((section) => section.entries);
  const ordered = [...entries.filter(isArgument), ...entries.filter((each) => !isArgument(each))];
  const codes = page.notes.flatMap((note) =>
    note.startsWith("Exit codes:") ? wrapped(note, width, "") : []
  );
  const fitting = page.examples.filter((each) => each.length + 2 <= width);
  const examples = (fitting.length > 0 ? fitting : page.examples).slice(0, 2);
  const head = [page.brief, `${bold("Usage:")}${usage.slice(6)}`, ...more];
  const foot = [
    ...(examples.length > 0
      ? [bold(examples.length > 1 ? "Examples:" : "Example:"), ...examples.map((it) => `  ${it}`)]
      : []),
    ...codes,
    `All of it: icecore help ${page.name}`,
  ];
  for (let shown = ordered.length; shown >= 0; shown--) {
    const rows = ordered.slice(0, shown);
    const column = Math.min(MOST_TERM, Math.max(0, ...rows.map(({ term }) => term.length))) + 4;
    const also = alsoLines(ordered.slice(shown), width);
    const lines = [
      ...head,
      "",
      ...rows.map((row) => line(row, column, width, bold)),
      ...also,
      "",
      ...foot,
    ];
    if (lines.length <= LINES || shown === 0) return lines.join("\n");
  }
  return "";
}

function isArgument({ term }: PageEntry): boolean {
  return !term.startsWith("-");
}

/** What is typed, and the first sentence about it, on one line. */
function line(
  { term, text }: PageEntry,
  column: number,
  width: number,
  bold: (text: string) => string,
): string {
  const typed = term.length + 4 > column ? `${term.slice(0, column - 5)}…` : term;
  const room = width - column;
  const sentence = /^.*?\.(?= [A-Z]|$)/s.exec(text)?.[0] ?? text;
  const said = sentence.length <= room
    ? sentence
    : `${sentence.slice(0, room - 1).replace(/[\s,;:]+\S*$/, "")}…`;
  return `  ${bold(typed)}${" ".repeat(column - 2 - typed.length)}${said}`;
}

/** The names of the options for which there is no line. */
function alsoLines(rest: readonly PageEntry[], width: number): string[] {
  if (rest.length === 0) return [];
  const names = rest.map(({ term }) => /--[a-z-]+/.exec(term)?.[0] ?? term);
  return wrapped(`  and ${names.join(", ")}`, width, "  ");
}

/** Text in lines of at most `width` columns, broken at blanks. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let current = /^ */.exec(text)![0];
  let isEmpty = true;
  for (const word of text.trim().split(/ +/)) {
    if (!isEmpty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = indent + word;
    } else current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
}
