/**
 * Fails when a source file is longer than 300 lines: then there are two concepts in it.
 * @module
 */

import { readFileSync } from "node:fs";
import { repositoryRoot, sourceFiles } from "./source_files.ts";
import { report, type Violation } from "./violation.ts";

/** The most lines a source file may have. */
export const maxLines = 300;

/** Every source file below `root` that is too long. */
export function checkFileSizes(root: string): Violation[] {
  return sourceFiles(root).flatMap((file) => {
    const lines =
      readFileSync(`${root}/${file}`, "utf8").replace(/\n$/, "").split("\n")
        .length;
    const message =
      `${file} has ${lines} lines, ${maxLines} is the most: there are two concepts ` +
      "in it. Give one a file of its own.";
    return lines > maxLines ? [{ file, line: maxLines + 1, message }] : [];
  });
}

if (import.meta.main) {
  Deno.exit(
    report(
      checkFileSizes(repositoryRoot),
      `no source file is over ${maxLines} lines`,
    ),
  );
}
