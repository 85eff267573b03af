/**
 * What can be answered without the parsers of the commands, which take longer to load and make than
 * the answer to print: the version, and the list of commands.
 * @module
 */

import process from "node:process";
import { SCRIPT_VARIABLE } from "../loading/zx_variables.ts";
import { requireStdout } from "./output/closed_stdout.ts";
import { version } from "./version.ts";

/** An answer, and where it goes. */
export interface QuickAnswer {
  readonly fd: 1 | 2;
  readonly text: string;
  readonly exitCode: number;
}

/**
 * The answer to a command line; `undefined` where it takes more to answer.
 * @throws EnvironmentError `output-failed` where stdout is closed
 */
export async function quickAnswer(args: readonly string[]): Promise<QuickAnswer | undefined> {
  // It was started for a script of zx, and not by anybody who asks.
  if (args.length > 1 || process.env[SCRIPT_VARIABLE] !== undefined) return undefined;
  switch (args[0]) {
    case undefined:
      return { fd: 2, text: await help(args), exitCode: 2 };
    case "--help":
    case "-h":
    case "help":
      requireStdout();
      return { fd: 1, text: await help(args), exitCode: 0 };
    case "--version":
    case "-V":
      requireStdout();
      return { fd: 1, text: `${version}\n`, exitCode: 0 };
    default:
      return undefined;
  }
}

async function help(args: readonly string[]): Promise<string> {
  const { drawingFor } = await import("./manual/drawing.ts");
  const { overview } = await import("./manual/overview.ts");
  return `${overview(drawingFor(args))}\n`;
}
