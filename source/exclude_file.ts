/**
 * A file of patterns, as `--exclude-from` takes it.
 *
 * It is read as `tar -X` reads it: a pattern a line, blanks at its end do not count, `#*#` is a
 * pattern. Beyond that, `# ` begins a comment, and a backslash keeps a blank at the end.
 * @module
 */

import { readFileSync } from "node:fs";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { UsageError } from "../pipeline/build_errors.ts";
import { textOf } from "./exclude.ts";

const NEWLINE = 0x0a;

/** The patterns of a file. @throws UsageError `exclude-from` */
export function readExcludeFile(path: string): string[] {
  return linesOf(bytesOf(path)).map(withoutBlanksAtEnd).filter((line) =>
    line !== "" && !/^#(\s|$)/.test(line)
  );
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(
      `cannot read the patterns in ${printable(path)}: ${
        meaningOf(error)
      }. Correct the path, or allow it to be read.`,
      "exclude-from",
      { cause: error },
    );
  }
}

/** Each line by itself is UTF-8 or not, as names are. */
function linesOf(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    lines.push(textOf(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

function withoutBlanksAtEnd(line: string): string {
  const bare = line.replace(/[ \t\r\v\f]+$/, "");
  const isEscaped = /(^|[^\\])(\\\\)*\\$/.test(bare) && bare.length < line.length;
  return isEscaped ? line.slice(0, bare.length + 1) : bare;
}
