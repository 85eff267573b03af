/**
 * Variables of the environment that may hold secrets: all that begin with `ICECORE_`. No program
 * that is started here gets them.
 * @module
 */

import process from "node:process";
import { WORKDIR_VARIABLE } from "../files/workdir.ts";
import { RUN_VARIABLE, SHELL_VARIABLE } from "./processes.ts";

/** Variables that mark the programs of a build; whoever ends them must find them. */
const MARKS: ReadonlySet<string> = new Set([WORKDIR_VARIABLE, RUN_VARIABLE, SHELL_VARIABLE]);

/** What was taken out of the environment; it belongs to the process as the environment does. */
const hidden = new Map<string, string>();

/** Takes them out of this process's environment as well; {@linkcode hiddenVariable} has them then. */
export function hideVariables(): void {
  for (const name of namesToHide()) {
    hidden.set(name, process.env[name]!);
    delete process.env[name];
  }
}

/** The value of a variable that was hidden. */
export function hiddenVariable(name: string): string | undefined {
  return hidden.get(name);
}

/** The environment of this process as far as programs may see it. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...unsetHidden() };
}

/** Each variable that programs may not see, without a value. */
export function unsetHidden(): Record<string, undefined> {
  return Object.fromEntries(namesToHide().map((name) => [name, undefined]));
}

function namesToHide(): string[] {
  return Object.keys(process.env).filter((name) => name.startsWith("ICECORE_") && !MARKS.has(name));
}
