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
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defaultImageName } from "icecore/plugin";
 *
 * assert.equal(defaultImageName(["/srv/photos/."]), "photos.img");
 * assert.equal(defaultImageName(["/"]), undefined);
 * ```
 */
export function defaultImageName(sources: readonly string[]): string | undefined {
  const name = basename(folderOf(sources[0] ?? ""));
  return name === "" ? undefined : `${name}.img`;
}
