/**
 * How wide help may be.
 * @module
 */

import process from "node:process";

/** The width where no terminal reports one: in a script, or between pipes. */
const USUAL = 80;
/** Longer lines are tiring to read. */
const MOST = 100;
/** Below this a flag and its words do not stand side by side. */
const LEAST = 40;

/** Where a width may be learned. */
export interface Screen {
  readonly stdout: { readonly columns?: number | undefined };
  readonly stderr: { readonly columns?: number | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The columns for help: those of the terminal, also when the help is piped into a
 * pager and only stderr is on it; else what `COLUMNS` says.
 */
export function helpWidth(screen: Screen = process): number {
  const named = Number(screen.env["COLUMNS"]);
  const columns = screen.stdout.columns || screen.stderr.columns ||
    (Number.isSafeInteger(named) && named > 0 ? named : USUAL);
  return Math.max(LEAST, Math.min(MOST, columns));
}
