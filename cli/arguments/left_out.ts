/**
 * What the commands that compare with a folder leave out, by the same flags as `build`.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { readExcludeFile } from "../../source/exclude_file.ts";
import { fileValue } from "./file_value.ts";

/** The options, as a parser to be merged into a command's. */
export const leavingOut = object("Left out of folders, as build left it out", {
  exclude: multiple(option("--exclude", string({ metavar: "GLOB" }), {
    description: message`Leave out what matches.`,
  })),
  excludeFrom: multiple(option("--exclude-from", fileValue("FILE"), {
    description: message`Leave out what matches a line of FILE.`,
  })),
  oneFileSystem: optional(option("--one-file-system", {
    description: message`Take folders of other file systems for empty.`,
  })),
});

/** Their values. */
export interface LeavingOutValues {
  readonly exclude: readonly string[];
  readonly excludeFrom: readonly string[];
  readonly oneFileSystem: boolean | undefined;
}

/** The same for the module. @throws UsageError when a file of patterns cannot be read. */
export function leftOut({ exclude, excludeFrom, oneFileSystem }: LeavingOutValues): {
  readonly exclude: readonly string[];
  readonly oneFileSystem: boolean;
} {
  return {
    exclude: [...exclude, ...excludeFrom.flatMap(readExcludeFile)],
    oneFileSystem: oneFileSystem === true,
  };
}
