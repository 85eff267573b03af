/**
 * Removes an image and what was made with it, so that a kill at any moment leaves either the image
 * with its note, or a note that says what else is to go.
 * @module
 */

import { existsSync, lstatSync, readdirSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ALGORITHMS } from "../../host/digests/file_digest.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { fileStatus } from "../../host/files/file_status.ts";
import { syncPath } from "../../host/files/sync_path.ts";
import { hasCode, meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import {
  type ImageNote,
  isPartialNote,
  NOTE_SUFFIX,
  notePath,
  readNote,
  writeNote,
} from "./image_note.ts";

/** Removes an image with its note, its side files, and whatever its note names. */
export async function removeImage(image: string, note: ImageNote | undefined): Promise<void> {
  const files = [...new Set([...note?.files ?? [], ...sideFiles(image)])];
  await writeNote(image, { icecore: 1, ...note, files, removing: true });
  remove(image);
  // The image is gone for good before what says so.
  await syncPath(dirname(image));
  await removeRest(image, files);
}

/**
 * Ends what a killed process had begun to remove, and forgets what it had begun to build. An image
 * that is there all the same stays, and is no longer being removed.
 *
 * @returns The images that are gone.
 */
export async function finishRemovals(folder: string): Promise<string[]> {
  const finished: string[] = [];
  for (const name of readdirSync(folder)) {
    if (isPartialNote(name)) remove(join(folder, name));
    if (!name.endsWith(NOTE_SUFFIX)) continue;
    const image = join(folder, name.slice(0, -NOTE_SUFFIX.length));
    const note = readNote(image);
    if (note?.removing !== true && note?.building !== true) continue;
    // What cannot be looked at is not gone: only "no such file" says so.
    if (fileStatus(image, lstatSync) !== undefined) {
      const { removing, ...rest } = note;
      if (removing === true) await writeNote(image, rest);
      continue;
    }
    await removeRest(image, note.files ?? []);
    finished.push(basename(image));
  }
  return finished;
}

async function removeRest(image: string, files: readonly string[]): Promise<void> {
  const folder = dirname(image);
  // A note is a file that anybody may have edited: only names that begin with the image's are its.
  const own = files.filter((name) => name.startsWith(`${basename(image)}.`));
  for (const name of own) remove(join(folder, name));
  remove(notePath(image));
  await syncPath(folder);
}

function sideFiles(image: string): string[] {
  return ALGORITHMS.map((algorithm) => `${basename(image)}.${algorithm}`)
    .filter((name) => existsSync(join(dirname(image), name)));
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw new EnvironmentError(
      `cannot remove ${printable(path)}: ${meaningOf(error)}. Allow it, or remove it by hand.`,
      "not-removed",
      { cause: error },
    );
  }
}
