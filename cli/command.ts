/**
 * What a command is.
 * @module
 */

import type { Parser } from "@optique/core/parser";

/** A parser of its arguments, and a function that runs with their values. */
export interface Command<Values> {
  // deno-lint-ignore no-explicit-any -- the parser's state is its own affair
  readonly parser: Parser<"sync", Values, any>;
  /** @returns The exit code. */
  run(values: Values): Promise<number> | number;
}
