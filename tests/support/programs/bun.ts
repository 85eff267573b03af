/**
 * Bun, which comes from npm, for tests of what runs under both runtimes.
 * @module
 */

import type { Requirements } from "./requirements.ts";

/** What starting it needs of the machine. */
export const BUN: Requirements & { readonly programs: readonly string[] } = { programs: ["npx"] };

/** The argv of a script under Bun. */
export function bun(...args: string[]): [program: string, ...args: string[]] {
  return ["npx", "-y", "bun@1.4.5", ...args];
}
