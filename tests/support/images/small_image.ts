/**
 * A small image with a bit of everything that needs no root.
 * @module
 */

import { linkSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { icecoreOutput } from "../programs/run_icecore.ts";
import { pattern } from "../trees/source_folder.ts";

/** Names with which a careless program lets an image command the terminal. */
export const HOSTILE_NAMES = [
  "red\x1b[31m",
  "title\x1b]0;owned\x07",
  "line\nfeed",
  "carriage\rreturn",
  "tab\tbell\x07backspace\x08",
  "c1-csi\u009b31m",
  "turned\u202eexe.gpj",
  "delete\x7f",
  "back\\slash\\033",
] as const;

/** Contents of `docs/large.bin`. */
export const LARGE: Uint8Array = pattern(700_000, 4);

/** Builds the image in a folder. @returns Its path. */
export async function buildSmallImage(folder: string): Promise<string> {
  const source = join(folder, "source");
  mkdirSync(join(source, "docs/old"), { recursive: true });
  mkdirSync(join(source, "hostile"));
  writeFileSync(join(source, "readme.txt"), "An ice core is drilled once.\n");
  writeFileSync(join(source, ".hidden"), "still here\n");
  writeFileSync(join(source, "docs/large.bin"), LARGE);
  writeFileSync(join(source, "docs/old/notes.txt"), "long ago\n");
  truncateSync(join(source, "docs/old/notes.txt"), 2_000_000);
  linkSync(join(source, "readme.txt"), join(source, "docs/same.txt"));
  symlinkSync("docs/old", join(source, "latest"));
  symlinkSync("gone\x1b[31m", join(source, "dangling"));
  for (const name of HOSTILE_NAMES) writeFileSync(join(source, "hostile", name), name);
  utimesSync(join(source, "docs/old/notes.txt"), 1_000_000_000, 1_000_000_000);
  for (const path of ["readme.txt", "docs/large.bin", ".hidden"]) {
    utimesSync(join(source, path), 1_714_559_400, 1_714_559_400);
  }
  const image = join(folder, "small.img");
  await icecoreOutput(["build", `${source}/.`, "-o", image, "--label", "small", "--quiet"]);
  return image;
}
