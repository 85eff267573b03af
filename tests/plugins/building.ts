/**
 * Builds a small folder with plugins, in this process, as a stream or by files.
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import {
  type BuildEvent,
  type BuildRequest,
  type BuildResult,
  type OptionValues,
  type Pipeline,
  pipeline,
  recipes,
  type Step,
} from "../../mod.ts";
import { still } from "./neighbours.ts";

/** A plugin, and what is set for it. */
export type Used = readonly [Step, OptionValues?];

/** The ways a payload comes to a plugin. */
export const FORMS = ["stream", "file"] as const;

/** One of {@linkcode FORMS}. */
export type Form = typeof FORMS[number];

/** A folder to build in, as a lab is one. */
export interface Place {
  readonly folder: string;
  readonly source: string;
  readonly image: string;
}

/** Gives a place to `use`, in whose source some compresses and some does not, and removes it. */
export async function inPlace(
  use: (place: Place) => void | Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/icecore-plugin-`);
  const source = `${folder}/source`;
  mkdirSync(source);
  writeFileSync(`${source}/noise`, randomBytes(3_000_000));
  writeFileSync(
    `${source}/text`,
    "An ice core is drilled once.\n".repeat(50_000),
  );
  try {
    await use({ folder, source, image: `${folder}/photos.img` });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The native recipe with plugins. */
export function withPlugins(
  used: readonly Used[],
  form: Form = "stream",
): Pipeline {
  const start = form === "file"
    ? pipeline(recipes.native).use(still)
    : pipeline(recipes.native);
  return used.reduce((all, [step, given]) => all.use(step, given), start);
}

/** What came of a build: the result, and all it reported. */
export interface Built extends BuildResult {
  readonly events: readonly BuildEvent[];
}

/** Builds with plugins. */
export async function build(
  place: Place,
  used: readonly Used[],
  form: Form = "stream",
  more: Partial<BuildRequest> = {},
): Promise<Built> {
  const events: BuildEvent[] = [];
  const emit = (event: BuildEvent) => {
    events.push(event);
    more.emit?.(event);
  };
  const request = {
    sources: [place.source],
    output: place.image,
    ...more,
    emit,
  };
  return { ...await withPlugins(used, form).run(request), events };
}

/** What a build with one plugin has besides it. */
export interface Around {
  readonly form?: Form;
  /** Steps in front of it. */
  readonly used?: readonly Used[];
  readonly request?: Partial<BuildRequest>;
}

/** Builds with one plugin, whose options these are. */
export type Builder = (
  options?: OptionValues,
  around?: Around,
) => Promise<Built>;

/** Makes a function that builds a place with one plugin, by force, and notes all events. */
export function builder(
  place: Place,
  plugin: Step,
  defaults: OptionValues,
  events: BuildEvent[],
): Builder {
  const emit = (event: BuildEvent) => void events.push(event);
  return (options = {}, { form = "stream", used = [], request = {} } = {}) =>
    build(place, [...used, [plugin, { ...defaults, ...options }]], form, {
      force: true,
      emit,
      ...request,
    });
}

/** The names in the folder, but for the source. */
export function namesIn(place: Place): string[] {
  return readdirSync(place.folder).filter((name) => name !== "source").sort();
}

/** The hex SHA-512 of a file. */
export function sha512Of(path: string): string {
  return createHash("sha512").update(readFileSync(path)).digest("hex");
}

/** What a program that must succeed prints, as bytes. */
export function run(
  program: string,
  args: readonly string[],
  input?: Uint8Array,
): Uint8Array {
  const { status, stdout, stderr } = spawnSync(program, args, {
    maxBuffer: 2 ** 28,
    ...(input === undefined ? {} : { input }),
  });
  if (status !== 0) {
    throw new Error(`${program} ended with ${status}: ${stderr}`);
  }
  return stdout;
}
