/**
 * How long a fresh process takes to hand out one file of an image.
 * @module
 */

import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { basename } from "node:path";
import type { Place } from "./contenders.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { median } from "./statistics.ts";

const rounds = 11;

/**
 * Seconds of `icecore cat`, the median of a few runs; `undefined` where icecore has no such
 * command.
 *
 * @param path The file, relative to the data set.
 */
export function oneFileSeconds(
  command: IcecoreCommand,
  { data, out }: Place,
  path: string,
): number | undefined {
  const [program = "", ...args] = command;
  const run = (...words: string[]) => spawnSync(program, [...args, ...words], { maxBuffer: 1e8 });
  if (!/^\s+cat\b/m.test(run("--help").stdout.toString())) return undefined;
  mkdirSync(out, { recursive: true });
  try {
    const image = `${out}/x.img`;
    const built = run("build", data.folder, "-o", image, "--quiet");
    if (built.status !== 0) throw new Error(`icecore build failed: ${built.stderr}`);
    // Into a file: a pipe would measure how fast this process reads it.
    const file = openSync(`${out}/file`, "w");
    const words = [...args, "cat", image, `${basename(data.folder)}/${path}`];
    const seconds = Array.from({ length: rounds }, () => {
      const begin = performance.now();
      const { status, stderr } = spawnSync(program, words, { stdio: ["ignore", file, "pipe"] });
      if (status !== 0) throw new Error(`icecore cat failed: ${stderr}`);
      return (performance.now() - begin) / 1000;
    });
    closeSync(file);
    return median(seconds);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
