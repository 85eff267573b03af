/**
 * Reads images for a runtime that cannot run the tests themselves, and prints what is in them:
 * `bun_driver.ts JSON`, where JSON is a list of `{path, identities, passphrase}`.
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { openImage } from "../../../read.ts";
import { contentsOf } from "../../support/images/stored_image.ts";

interface Wanted {
  readonly path: string;
  /** Names of files. */
  readonly identities: readonly string[];
  readonly passphrase: string;
}

const found: string[][] = [];
for (const { path, identities, passphrase } of JSON.parse(process.argv[2]!) as Wanted[]) {
  await using image = await openImage(path, {
    identities: identities.map((name) => readFileSync(name)),
    askPassphrase: () => passphrase,
  });
  found.push(await contentsOf(image));
}
console.log(JSON.stringify(found));
