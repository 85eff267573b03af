/**
 * Manual pages for `man`, in the macros of man(7).
 * @module
 */

import type { CommandPage } from "./command_page.ts";

/** What stands at the edges of a page. */
export interface Edition {
  readonly version: string;
  /** The day of the release, as `2026-11-26`. */
  readonly date: string;
}

/** The name of a command's page without its section, e.g. `icecore-verify`. */
export function manName(command: string): string {
  return command === "" ? "icecore" : `icecore-${command.replaceAll(" ", "-")}`;
}

/** The page of one command. */
export function manPage(page: CommandPage, edition: Edition): string {
  const { name, brief, synopsis, description, sections, examples, notes } = page;
  const options = sections.flatMap(({ title, entries }) => [
    ...(title === "" ? [] : [`.SS ${roff(title)}`]),
    ...entries.flatMap(({ term, text }) => [".TP", `.B ${roff(term)}`, roff(text)]),
  ]);
  return lines([
    ...head(manName(name), brief, edition),
    ".SH SYNOPSIS",
    `.B ${roff(synopsis)}`,
    ".SH DESCRIPTION",
    roff(description || brief),
    ...(options.length > 0 ? [".SH OPTIONS", ...options] : []),
    ...exampleLines(examples),
    ...noteLines(notes),
    ".SH SEE ALSO",
    ".BR icecore (1)",
  ]);
}

/** The page of the whole: what it is, and its commands. */
export function overview(
  about: { readonly brief: string; readonly examples: readonly string[] },
  commands: readonly CommandPage[],
  notes: readonly string[],
  edition: Edition,
): string {
  return lines([
    ...head("icecore", about.brief, edition),
    ".SH SYNOPSIS",
    ".B icecore COMMAND [ARGUMENT...]",
    ".SH DESCRIPTION",
    roff(about.brief),
    "Each command has a page of its own.",
    ".SH COMMANDS",
    ...commands.flatMap(({ name, brief }) => [
      ".TP",
      `.BR ${roff(manName(name))} (1)`,
      roff(brief),
    ]),
    ...exampleLines(about.examples),
    ...noteLines(notes),
    ".SH SEE ALSO",
    ".BR mount (8),",
    ".BR e2fsck (8),",
    ".BR sha512sum (1)",
  ]);
}

function head(name: string, brief: string, { version, date }: Edition): string[] {
  return [
    `.TH ${name.toUpperCase()} 1 ${date} "icecore ${version}" "User commands"`,
    ".nh",
    ".ad l",
    ".SH NAME",
    `${roff(name)} \\- ${roff(brief.replace(/\.$/, ""))}`,
  ];
}

function exampleLines(examples: readonly string[]): string[] {
  if (examples.length === 0) return [];
  return [".SH EXAMPLES", ".nf", ...examples.map(roff), ".fi"];
}

function noteLines(notes: readonly string[]): string[] {
  const codes = notes.filter((each) => each.startsWith("Exit codes:"));
  const others = notes.filter((each) => !each.startsWith("Exit codes:"));
  return [
    ...(others.length > 0 ? [".SH NOTES", ...others.flatMap((each) => [".PP", roff(each)])] : []),
    ...codes.flatMap((each) => [".SH EXIT STATUS", roff(each.replace("Exit codes: ", ""))]),
  ];
}

/** Text in which nothing is a command of roff. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\(rs").replaceAll("-", "\\-")
    .split("\n").map((line) => line.trim().replace(/^([.'])/, "\\&$1")).join("\n.br\n");
}

function lines(all: readonly string[]): string {
  return `${all.filter((line) => line !== "").join("\n")}\n`;
}
