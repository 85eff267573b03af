/**
 * Where in a module an error was thrown.
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The first place that an error's stack names, as `FILE:LINE:COLUMN`.
 *
 * @param path Only a place in this file.
 */
export function placeOf(error: unknown, path?: string): string | undefined {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  for (const [, file, position] of stack.matchAll(/((?:file:\/\/)?\/[^\n()]*?):(\d+:\d+)\)?$/gm)) {
    if (file!.startsWith(BUNDLED)) continue;
    if (path !== undefined && file !== path && file !== pathToFileURL(path).href) continue;
    return `${file!.startsWith("file:") ? fileURLToPath(file!) : file}:${position}`;
  }
  return undefined;
}

/** Where an executable that Bun made has its own modules, whose places help nobody. */
const BUNDLED = "/$bunfs/";

/** The same for what the language throws, and nobody on purpose; else nothing. */
export function placeOfMistake(error: unknown, path: string): string | undefined {
  return MISTAKES.some((each) => error instanceof each) ? placeOf(error, path) : undefined;
}

const MISTAKES = [TypeError, ReferenceError, RangeError, SyntaxError];
