/**
 * What an image is called when nobody says so.
 * @module
 */

import { basename } from "node:path";
import { folderOf } from "./source_path.ts";

/**
 * The name of the first source with `.img`; `undefined` where there is none, as for the root folder.
 *
 * @param sources Absolute paths.
 */
export function defaultImageName(sources: readonly string[]): string | undefined {
  const name = basename(folderOf(sources[0] ?? ""));
  return name === "" ? undefined : `${name}.img`;
}
