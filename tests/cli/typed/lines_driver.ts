/**
 * Runs icecore's `main` with one command line after the other, in one process: what would take a
 * process each takes a moment. `lines_driver.ts FILE`, of a JSON array of arrays of arguments. What
 * each line prints ends in a mark with its exit code, on stdout and on stderr.
 * @module
 */

import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { main } from "../../../cli/main.ts";

const lines: readonly (readonly string[])[] = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
for (const line of lines) {
  const code = await main(line);
  for (const fd of [1, 2]) writeSync(fd, `\x1e${code}\x1e`);
}
process.exit(0);
