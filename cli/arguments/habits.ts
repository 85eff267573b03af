/**
 * Command lines as people type them, and as the parser reads them: `-h`, `-oFILE`, `-V`.
 * @module
 */

import { extractCommandNames, type Usage, type UsageTerm } from "@optique/core/usage";
import type { Usages } from "./usages.ts";

/**
 * The arguments as they were meant.
 *
 * - `-h` asks for help, where the command has no option of that name; `-V` for the version.
 * - A value may stand directly behind an option of one letter: `-oFILE`, `-o=FILE`.
 */
export function asMeant(args: readonly string[], usages: Usages): string[] {
  const [command = "", ...rest] = args;
  if (command === "-h") return ["--help", ...rest];
  if (command === "-V" && rest.length === 0) return ["--version"];
  const usage = Object.hasOwn(usages, command) ? usages[command] : undefined;
  if (usage === undefined) return [...args];
  const options = optionsOf(usage, rest);
  const meant = [command];
  const named = extractCommandNames(usage).has(rest[0] ?? "") ? [command, rest[0]!] : [command];
  let isLiteral = false, isValue = false;
  for (const arg of rest) {
    const isOption: boolean = !isLiteral && !isValue && arg.length > 1 && arg.startsWith("-");
    isLiteral ||= isOption && arg === "--";
    isValue = isOption && options.get(arg) === true;
    if (isOption && arg === "-h" && !options.has("-h")) return [...named, "--help"];
    const attached = isOption ? attachedValue(arg, options) : undefined;
    meant.push(...attached ?? [arg]);
  }
  return meant;
}

/** `-oFILE`, or `-o=FILE`, in two; `undefined` for anything else. */
function attachedValue(
  arg: string,
  options: ReadonlyMap<string, boolean>,
): [option: string, value: string] | undefined {
  if (arg.startsWith("--") || arg.length < 3) return undefined;
  const option = arg.slice(0, 2);
  // A path that begins so may be written with ./ in front.
  return options.get(option) === true ? [option, arg.slice(2).replace(/^=(?=.)/, "")] : undefined;
}

/**
 * The options of a command, and whether each has a value.
 * @param args of which the first may name a command of the command, whose options alone count then
 */
export function optionsOf(usage: Usage, [action]: readonly string[]): Map<string, boolean> {
  const options = new Map<string, boolean>();
  const visit = (term: UsageTerm): void => {
    if (term.type === "option") {
      for (const name of term.names) options.set(name, term.metavar !== undefined);
    } else if (term.type === "exclusive") {
      const meant = term.terms.filter((terms) => {
        const names = terms.flatMap((each) => each.type === "command" ? [each.name] : []);
        return names.length === 0 || names.includes(action ?? "");
      });
      for (const terms of meant) terms.forEach(visit);
    } else if ("terms" in term) term.terms.forEach(visit);
  };
  usage.forEach(visit);
  return options;
}
