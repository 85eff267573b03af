/**
 * What `icecore --help` prints: all commands, a line each.
 * @module
 */

import { about } from "./about.ts";
import { BRIEFS } from "./briefs.ts";
import { type Drawing, wrapped } from "./short_help.ts";

/** What the parser answers itself. */
const PARSER_ROWS = {
  help: "Show help information.",
  completion: "Generate shell completion script or provide completions.",
  "--help": "Show help information.",
  "--version": "Show version information.",
};

/** The help of the whole, without a newline at its end. */
export function overview({ width, color }: Drawing): string {
  const bold = (text: string) => (color ? `\x1b[1m${text}\x1b[0m` : text);
  const rows = Object.entries({ ...BRIEFS, ...PARSER_ROWS });
  const column = Math.max(...rows.map(([name]) => name.length)) + 4;
  const drawn = rows.flatMap(([name, brief]) => {
    const [first = "", ...more] = wrapped(brief, width - column, "");
    return [
      `  ${bold(name)}${" ".repeat(column - 2 - name.length)}${first}`,
      ...more.map((line) => " ".repeat(column) + line),
    ];
  });
  return [
    ...wrapped(about.brief, width, ""),
    `${bold("Usage:")} ${bold("icecore")} COMMAND [ARGUMENT...]`,
    "",
    ...drawn,
    "",
    bold("Examples:"),
    ...about.examples.map((example) => `  ${example}`),
    "",
    ...about.codes.flatMap((line) => wrapped(line, width, "")),
  ].join("\n");
}
