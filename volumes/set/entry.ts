/**
 * What was built of one volume: a file beside its image, `NAME.img.volume.json`, which appears with
 * the image and by whose presence a volume counts as built.
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileError } from "../files/file_error.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { BuiltStep } from "./built_with.ts";
import { wrongInEntry } from "./entry_shape.ts";

export const ENTRY_FORMAT = "icecore-volume";
export const ENTRY_VERSION = 1;

/** A file that a volume consists of, beside its image or instead of it. */
export interface VolumePayload {
  readonly name: string;
  readonly sizeBytes: number;
  /** In hex, by algorithm. */
  readonly digests: Readonly<Record<string, string>>;
  /** The names of the files that it was cut into. */
  readonly parts?: readonly string[];
}

/** How what was built differs from what was planned. */
export interface SourceChanges {
  /** Names that were not there yet when the plan was made. */
  readonly countNew: number;
  /** Names that are not there any more. */
  readonly countGone: number;
}

/** An entry names a hundred problems at most. */
const MOST_BYTES = 16 << 20;

/** What was built of one volume. */
export interface VolumeEntry {
  readonly format: typeof ENTRY_FORMAT;
  readonly version: number;
  /** The digest of the plan that it was built by, in hex. */
  readonly plan: string;
  /** The volume's key in that plan. */
  readonly key: string;
  readonly index: number;
  readonly name: string;
  readonly host: string;
  /** The image's file name. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Of the image, in hex, by algorithm, e.g. `sha512`. */
  readonly digests: Readonly<Record<string, string>>;
  readonly uuid: string;
  /** What the image's record says of itself, in hex: it binds names, metadata, and contents. */
  readonly record?: string;
  /** The file name of the image that it is a layer on. */
  readonly base?: string;
  /** What steps made of the image to be kept elsewhere, such as its encrypted form. */
  readonly payload?: VolumePayload;
  /** What made it, and sent it. */
  readonly steps: readonly BuiltStep[];
  readonly countFiles: number;
  readonly countFolders: number;
  readonly sourceBytes: number;
  /** `lossy`: something of the source could not be stored; `problems` names it. */
  readonly state: "complete" | "lossy";
  readonly changes: SourceChanges;
  /** What could not be stored, or is gone: at most a hundred of them. */
  readonly problems: readonly Problem[];
  /** How many there were. */
  readonly countProblems: number;
}

/** The name of a volume's image. */
export function imageNameOf(volume: { readonly name: string }): string {
  return `${volume.name}.img`;
}

/** The name of the file that says what was built of a volume. */
export function entryNameOf(volume: { readonly name: string }): string {
  return `${imageNameOf(volume)}.volume.json`;
}

/**
 * What was built of a volume.
 *
 * @returns `undefined` where nothing was.
 * @throws UsageError `bad-entry`; EnvironmentError `unreadable`
 */
export function readEntry(folder: string, volume: { readonly name: string }):
  | VolumeEntry
  | undefined {
  const path = join(folder, entryNameOf(volume));
  let text: string;
  try {
    if (statSync(path).size > MOST_BYTES) throw badEntry(path, "it is far too large");
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error instanceof UsageError ? error : fileError(path, error);
  }
  const entry = parseEntry(text, path);
  if (entry.name === volume.name) return entry;
  throw badEntry(path, `it is that of ${printable(entry.name)}`);
}

/** @throws UsageError `bad-entry` */
export function parseEntry(text: string, path: string): VolumeEntry {
  let entry: VolumeEntry | null = null;
  try {
    entry = JSON.parse(text) as VolumeEntry | null;
  } catch {
    // Said below.
  }
  if (entry?.format !== ENTRY_FORMAT) {
    throw badEntry(path, "it does not say what was built of a volume");
  }
  if (entry.version !== ENTRY_VERSION) {
    const version = printable(JSON.stringify(entry.version) ?? "");
    throw badEntry(path, `it is of version ${version}, and this icecore knows ${ENTRY_VERSION}`);
  }
  const wrong = wrongInEntry(entry) ?? (Array.isArray(entry.problems) ? undefined : "problems");
  if (wrong === undefined) return entry;
  throw badEntry(path, `it does not say what it should as ${JSON.stringify(wrong)}`);
}

function badEntry(path: string, why: string): UsageError {
  return new UsageError(
    `cannot use ${printable(path)}: ${why}. Copy it anew, or build the volume anew.`,
    "bad-entry",
    { fields: { why } },
  );
}

/** An entry as the bytes of its file. */
export function entryBytes(entry: VolumeEntry): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(entry, null, 2)}\n`);
}
