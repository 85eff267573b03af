/**
 * How help is drawn here: as wide as the terminal, and in colour where there is one.
 * @module
 */

import process from "node:process";
import { helpWidth } from "../arguments/help_width.ts";
import type { Drawing } from "./short_help.ts";

/** @param args what was typed: help is printed before the options are known */
export function drawingFor(args: readonly string[]): Drawing {
  return { width: helpWidth(), color: wantsColor(args) };
}

/** Help goes to stdout. */
function wantsColor(args: readonly string[]): boolean {
  return process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" &&
    process.env["TERM"] !== "dumb" && !args.includes("--no-color");
}
