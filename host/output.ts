/**
 * The file an image is written to: claimed by one build, published whole or not at all.
 * @module
 */

import {
  accessSync,
  constants,
  lstatSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { EnvironmentError } from "./environment_error.ts";
import { atForcedExit } from "./forced_exit.ts";
import { close } from "./libc/files.ts";
import { printable } from "./libc/paths.ts";
import { ALGORITHMS } from "./digest.ts";
import { partialsOf, releaseLeftovers } from "./leftovers.ts";
import { claimPartial, inTheWay, notWritable } from "./partial.ts";
import { requireFree } from "./require_free.ts";
import { syncPath } from "./sync_path.ts";

/** A file that takes its final name with the image. */
export interface SideFile {
  readonly path: string;
  readonly finalPath: string;
}

/** A claimed output. */
export interface ClaimedOutput {
  /** `IMAGE.partial`. */
  readonly path: string;
  /** Syncs everything to disk and renames it, the image last. */
  publish(sideFiles: readonly SideFile[]): Promise<void>;
  /** Removes the side files and, unless `keep`, the partial image, and gives the claim up. */
  discard(sideFiles: readonly SideFile[], keep: boolean): void;
}

/**
 * Looks whether an output could be claimed, and touches nothing.
 *
 * @throws EnvironmentError `no-folder`, `not-writable`, `name-too-long`, `output-exists`.
 */
export function checkOutput(finalPath: string, force: boolean): void {
  const shown = printable(finalPath);
  checkFolder(dirname(finalPath), shown);
  checkName(basename(finalPath), shown);
  requireFree(finalPath, force);
  for (const name of ALGORITHMS) {
    checkSideFile(`${finalPath}.${name}`, shown, force);
    // It is written without asking, and a FIFO would have that wait for ever.
    const partial = `${finalPath}.${name}.partial`;
    if (lstatSync(partial, { throwIfNoEntry: false })?.isFile() === false) {
      throw inTheWay(partial, shown);
    }
  }
}

/**
 * Claims an output for this build alone. What a killed build of the same output left is released.
 *
 * @throws EnvironmentError as `checkOutput` does, and `output-busy`.
 */
export async function claimOutput(finalPath: string, force: boolean): Promise<ClaimedOutput> {
  const shown = printable(finalPath);
  checkOutput(finalPath, force);
  // The real folder: by any way that leads to it, the partial image has one name.
  const folder = realpathSync(dirname(finalPath));
  const path = `${folder === "/" ? "" : folder}/${basename(finalPath)}.partial`;
  await releaseLeftovers(path);
  const lock = claimPartial(path, shown);
  const forget = atForcedExit(() => {
    for (const file of partialsOf(path)) rmSync(file, { force: true });
  });
  return {
    path,
    async publish(sideFiles) {
      for (const each of [finalPath, ...sideFiles.map((side) => side.finalPath)]) {
        requireFree(each, force);
      }
      for (const file of [path, ...sideFiles.map((side) => side.path)]) await syncPath(file);
      for (const side of sideFiles) renameSync(side.path, side.finalPath);
      renameSync(path, finalPath);
      forget();
      removeStale(finalPath, sideFiles);
      await syncPath(dirname(finalPath));
      close(lock);
    },
    discard(sideFiles, keep) {
      // Those also that a step has begun and not handed on.
      const begun = partialsOf(path).filter((file) => file !== path);
      for (const file of [...begun, ...sideFiles.map((side) => side.path)]) {
        rmSync(file, { force: true });
      }
      if (!keep) rmSync(path, { force: true });
      forget();
      close(lock);
    },
  };
}

function checkFolder(folder: string, shown: string): void {
  const status = folderStatus(folder, shown);
  if (status === undefined) {
    throw new EnvironmentError(
      `cannot write ${shown}: the folder ${printable(folder)} does not exist. ` +
        "Make it with mkdir -p, or choose another place.",
      "no-folder",
    );
  }
  if (!status.isDirectory()) {
    throw new EnvironmentError(
      `cannot write ${shown}: ${printable(folder)} is not a folder. Choose another place.`,
      "no-folder",
    );
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(shown, folder, error);
  }
}

function folderStatus(folder: string, shown: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw notWritable(shown, folder, error);
  }
}

/** A side file with no image beside it may be all that is left to tell what an image was. */
function checkSideFile(path: string, shown: string, force: boolean): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined || (force && !status.isDirectory())) return;
  throw new EnvironmentError(
    `cannot write ${shown}: its side file ${printable(path)} exists already` +
      (status.isDirectory()
        ? " and is a folder. Choose another name."
        : ". Replace it, or choose another name."),
    "output-exists",
  );
}

/** Side files of other algorithms tell of the image that was replaced. */
function removeStale(finalPath: string, sideFiles: readonly SideFile[]): void {
  const fresh = new Set(sideFiles.map((side) => side.finalPath));
  const known = ALGORITHMS.map((name) => `${finalPath}.${name}`);
  for (const path of known.filter((each) => !fresh.has(each))) rmSync(path, { force: true });
}

/** The kernel's limit to a name. */
const NAME_MAX_BYTES = 255;
/** The longest that is put behind an image's name while it is built. */
const LONGEST_SUFFIX = ".sha512.partial";

function checkName(name: string, shown: string): void {
  const most = NAME_MAX_BYTES - LONGEST_SUFFIX.length;
  const length = new TextEncoder().encode(name).length;
  if (length <= most) return;
  throw new EnvironmentError(
    `cannot write ${shown}: its name has ${length} bytes, and ${LONGEST_SUFFIX} is put behind it ` +
      `while it is built. Choose a name of at most ${most} bytes.`,
    "name-too-long",
  );
}
