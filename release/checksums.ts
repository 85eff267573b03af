/**
 * `SHA512SUMS`, as `sha512sum --check` reads it.
 * @module
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const NAME = "SHA512SUMS";

/** Writes the digests of all files of a folder and of its folders. */
export function writeChecksums(folder: string): void {
  const lines = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name !== NAME)
    .map((each) => `${each.parentPath}/${each.name}`.slice(folder.length + 1)).sort()
    .map((name) => {
      const digest = createHash("sha512").update(readFileSync(`${folder}/${name}`)).digest("hex");
      return `${digest}  ${name}\n`;
    });
  writeFileSync(`${folder}/${NAME}`, lines.join(""));
}
