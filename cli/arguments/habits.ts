/**
 * Command lines as people type them, and as the parser reads them: `-h`, `-oFILE`, `-V`.
 * @module
 */

import type { Usage, UsageTerm } from "@optique/core/usage";
import type { Usages } from "./parse_error.ts";

/**
 * The arguments as they were meant.
 *
 * - `-h` asks for help, where the command has no option of that name; `-V` for the version.
 * - A value may stand directly behind an option of one letter: `-oFILE`.
 */
export function asMeant(args: readonly string[], usages: Usages): string[] {
  const [command = "", ...rest] = args;
  if (command === "-h") return ["--help", ...rest];
  if (command === "-V" && rest.length === 0) return ["--version"];
  const usage = Object.hasOwn(usages, command) ? usages[command] : undefined;
  if (usage === undefined) return [...args];
  const options = optionsOf(usage);
  const meant = [command];
  let isLiteral = false, isValue = false;
  for (const arg of rest) {
    const isOption: boolean = !isLiteral && !isValue && arg.length > 1 && arg.startsWith("-");
    isLiteral ||= isOption && arg === "--";
    isValue = isOption && options.get(arg) === true;
    if (isOption && arg === "-h" && !options.has("-h")) return [command, "--help"];
    const attached = isOption ? attachedValue(arg, options) : undefined;
    meant.push(...attached ?? [arg]);
  }
  return meant;
}

/** `-oFILE` in two; `undefined` for anything else. */
function attachedValue(
  arg: string,
  options: ReadonlyMap<string, boolean>,
): [option: string, value: string] | undefined {
  if (arg.startsWith("--") || arg.length < 3) return undefined;
  const option = arg.slice(0, 2);
  return options.get(option) === true ? [option, arg.slice(2)] : undefined;
}

/** The options of a command, and whether each has a value. */
function optionsOf(usage: Usage): Map<string, boolean> {
  const options = new Map<string, boolean>();
  const visit = (term: UsageTerm): void => {
    if (term.type === "option") {
      for (const name of term.names) options.set(name, term.metavar !== undefined);
    } else if (term.type === "exclusive") term.terms.forEach((terms) => terms.forEach(visit));
    else if ("terms" in term) term.terms.forEach(visit);
  };
  usage.forEach(visit);
  return options;
}
