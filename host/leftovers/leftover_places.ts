/**
 * Where leftovers are looked for: beside outputs, and in folders of them.
 * @module
 */

import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { findLeftBeside, type LeftBeside, leftBeside } from "../files/build_record.ts";
import { fileStatus, unreadable } from "../files/file_status.ts";
import { printable } from "../libc/paths.ts";

/** Where to look. */
export class LeftoverPlaces {
  readonly #folders: readonly string[];
  readonly #outputs: readonly string[];

  /**
   * @param paths Folders, and outputs: whatever is not a folder, there or not.
   * @throws EnvironmentError `no-folder` where an output can lie nowhere.
   */
  constructor(paths: readonly string[]) {
    const isFolder = (path: string) => fileStatus(path)?.isDirectory() === true;
    this.#folders = paths.filter(isFolder).map((path) => realpathSync(path));
    this.#outputs = paths.filter((path) => !isFolder(path)).map(realOutput);
  }

  /** Whether a build that wrote to this partial image is meant. */
  has(partial: string): boolean {
    return this.#outputs.includes(partial.replace(/\.partial$/, "")) ||
      this.#folders.includes(dirname(partial));
  }

  /** What killed builds wrote down there, each locked for the caller. */
  find(): LeftBeside[] {
    return [...this.#outputs.flatMap(leftBeside), ...this.#folders.flatMap(leftIn)];
  }
}

/** An output by its real folder. A partial file is what one sees of it. */
function realOutput(path: string): string {
  const output = path.replace(/(\.build)?\.partial$/, "");
  const folder = dirname(output);
  if (fileStatus(folder)?.isDirectory() !== true) {
    throw new EnvironmentError(
      `cannot look for what is left of ${printable(output)}: there is no folder ` +
        `${printable(folder)}. Check the path.`,
      "no-folder",
    );
  }
  const real = realpathSync(folder);
  return `${real === "/" ? "" : real}/${basename(output)}`;
}

function leftIn(folder: string): LeftBeside[] {
  try {
    return findLeftBeside(folder);
  } catch (error) {
    throw unreadable(printable(folder), error);
  }
}
