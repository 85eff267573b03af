/**
 * What is known about an image and may not be in it, since the same tree is to give the same bytes:
 * when it was taken, of what, and when it was verified. It lies beside the image as
 * `IMAGE.note.json`.
 * @module
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { EnvironmentError } from "../../host/environment_error.ts";
import { syncPath } from "../../host/files/sync_path.ts";
import { hasCode, meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";

/** How an image was found when it was looked at last. */
export interface NotedVerification {
  /** When, as ISO 8601 in UTC. */
  readonly when: string;
  readonly result: "right" | "damaged";
  /** What was wrong. */
  readonly why?: string;
}

/** What is noted of an image. */
export interface ImageNote {
  readonly icecore: 1;
  /** The UUID of the image that all this is about: another may have been put in its place since. */
  readonly uuid?: string;
  /** When the building began, as ISO 8601 in UTC: what was written later may not be in it. */
  readonly taken?: string;
  /** The folders that it was built of, absolute. */
  readonly sources?: readonly string[];
  readonly host?: string;
  /** Whether something of the source could not be read, or changed while it was. */
  readonly lossy?: boolean;
  /** The file name of the image that it was built on. */
  readonly base?: string;
  /** Names of files beside the image that were made with it, and go with it. */
  readonly files?: readonly string[];
  /** Of all of it; damage is noted whatever part was looked at. */
  readonly verified?: NotedVerification;
  /** When a part of it was verified last, and found right: `5%` of its contents, say. */
  readonly sampled?: { readonly when: string; readonly share: string };
  /** The image is not there yet; or the build was killed before it could say how it went. */
  readonly building?: true;
  /** It is being removed: what is left of it goes as soon as the image is gone. */
  readonly removing?: true;
}

export const NOTE_SUFFIX = ".note.json";

/** Where the note of an image lies. */
export function notePath(image: string): string {
  return `${image}${NOTE_SUFFIX}`;
}

/** The note of an image; `undefined` where there is none, or something else has its name. */
export function readNote(image: string): ImageNote | undefined {
  try {
    return noteOf(readFileSync(notePath(image), "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT", "EISDIR", "ENOTDIR")) return undefined;
    throw new EnvironmentError(
      `cannot read ${printable(notePath(image))}: ${meaningOf(error)}. Allow it to be read.`,
      "unreadable",
      { cause: error },
    );
  }
}

/** The note, where it is about the image that has the name now. @param uuid Of that, if known. */
export function noteAbout(
  note: ImageNote | undefined,
  uuid: string | undefined,
): ImageNote | undefined {
  const isOther = note?.uuid !== undefined && uuid !== undefined && note.uuid !== uuid;
  return isOther ? undefined : note;
}

/** A note out of its text; `undefined` where it is not one. */
export function noteOf(text: string): ImageNote | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isNote(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Everything that is relied on: it may have been edited by hand. */
function isNote(value: unknown): value is ImageNote {
  if (typeof value !== "object" || value === null) return false;
  const { icecore, taken, files, base, verified } = value as Record<string, unknown>;
  const isVerified = verified === undefined ||
    typeof verified === "object" && verified !== null &&
      ["right", "damaged"].includes((verified as { result?: string }).result ?? "") &&
      !Number.isNaN(Date.parse((verified as { when?: string }).when ?? ""));
  return icecore === 1 && isVerified &&
    (taken === undefined || typeof taken === "string" && !Number.isNaN(Date.parse(taken))) &&
    (base === undefined || isName(base)) &&
    (files === undefined || Array.isArray(files) && files.every(isName));
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("/");
}

/** Whether it is a note that somebody had begun to write. */
export function isPartialNote(name: string): boolean {
  return /\.note\.json\.[0-9a-f]{8}\.partial$/.test(name);
}

/** Writes it as a whole or not at all, so that a power cut leaves the old one or the new one. */
export async function writeNote(image: string, note: ImageNote): Promise<void> {
  const path = notePath(image);
  // Who verifies holds no lock: two that write to one partial file would mix what they write.
  const partial = `${path}.${crypto.randomUUID().slice(0, 8)}.partial`;
  try {
    writeFileSync(partial, `${JSON.stringify(note, undefined, 2)}\n`, { flag: "wx" });
    await syncPath(partial);
    renameSync(partial, path);
    await syncPath(dirname(path));
  } catch (error) {
    rmSync(partial, { force: true });
    throw new EnvironmentError(
      `cannot note in ${printable(path)} what became of ${printable(basename(image))}: ` +
        `${meaningOf(error)}. Make room there, or the folder writable.`,
      "not-written",
      { cause: error },
    );
  }
}
