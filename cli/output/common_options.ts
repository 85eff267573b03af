/**
 * The options that every command has.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import process from "node:process";

/** The options, as a parser to be merged into a command's. */
const options = object("Output", {
  json: optional(option("--json", {
    description: message`Print events or results as JSON, one a line, on stdout.`,
  })),
  quiet: multiple(option("-q", "--quiet", {
    description:
      message`Print errors and the result only; twice: nothing, unless something went wrong.`,
  })),
  verbose: optional(option("-v", "--verbose", {
    description: message`Print each step and each program that is run.`,
  })),
  noColor: optional(option("--no-color", {
    description: message`Print without colours, as with NO_COLOR set.`,
  })),
});

/** The same, with how often `-q` was given in words. */
export const common = map(options, ({ quiet, ...others }) => ({
  ...others,
  quiet: quiet.length > 0 ? true : undefined,
  silent: quiet.length > 1 ? true : undefined,
}));

/** Their values. */
export interface CommonValues {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** Nothing is printed of what went well, the result neither. */
  readonly silent?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly noColor?: boolean | undefined;
}

/** Whether stderr is a terminal that may be drawn on. */
export function isInteractive(): boolean {
  return process.stderr.isTTY === true && (process.env["CI"] ?? "") === "" &&
    process.env["TERM"] !== "dumb";
}

/** Whether colours are wanted on stderr. */
export function wantsColor({ noColor }: CommonValues): boolean {
  return noColor !== true && (process.env["NO_COLOR"] ?? "") === "" && isInteractive();
}
