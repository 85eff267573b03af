/**
 * Loads modules by path while the program runs, in whatever carries it.
 * @module
 */

import { inspect, stripVTControlCharacters } from "node:util";
import { pathToFileURL } from "node:url";
import { denoGlobal } from "./runtime.ts";

/** What is used of Bun's global object. */
interface BunGlobal {
  plugin(plugin: { name: string; setup(build: BunBuild): void }): void;
}

interface BunBuild {
  module(name: string, load: () => { exports: object; loader: "object" }): void;
}

/** Whether this is an executable that was made by `deno compile` or `bun build --compile`. */
export function isCompiled(): boolean {
  const deno = denoGlobal();
  if (deno !== undefined) return deno.build.standalone === true;
  return import.meta.url.startsWith("file:///$bunfs/");
}

/** Whether modules that were not compiled in can be loaded: not in an executable of Deno. */
export function canLoadModules(): boolean {
  return denoGlobal() === undefined || !isCompiled();
}

/**
 * Lets modules that are loaded later import `exports` under a name, e.g. `icecore`. From source
 * under Deno the import map does that, and nothing is changed.
 */
export function provideModule(name: string, exports: object): void {
  const bun = (globalThis as { Bun?: BunGlobal }).Bun;
  bun?.plugin({
    name: `icecore provides ${name}`,
    setup: (build) => build.module(name, () => ({ exports, loader: "object" })),
  });
}

/** Loads a module. @param path Absolute. @throws what the runtime throws, see `loadFailure`. */
export function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  return import(pathToFileURL(path).href);
}

/** Why a module could not be loaded, in one line, with file and line where they are known. */
export function loadFailure(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const thrown = first ?? error;
  const { message, position } = Object(thrown ?? {}) as { message?: unknown; position?: unknown };
  const text = typeof message === "string" && message !== ""
    ? message
    : `it threw ${inspect(thrown)}`;
  return `${placeOf(position)}${oneLine(text)}`;
}

/** The message without the picture of the source that Deno draws, the place in front. */
function oneLine(text: string): string {
  const lines = stripVTControlCharacters(text).split("\n").map((line) => line.trim());
  const place = lines.findLast((line) => line.startsWith("at file://"));
  const said = lines[0]!.replace(/\.$/, "");
  return place === undefined
    ? said
    : `${decodeURIComponent(place.slice("at file://".length))}: ${said}`;
}

function placeOf(position: unknown): string {
  if (typeof position !== "object" || position === null) return "";
  const { file, line, column } = position as Readonly<Record<string, unknown>>;
  if (typeof file !== "string" || file === "") return "";
  return `${file}:${String(line)}:${String(column)}: `;
}
