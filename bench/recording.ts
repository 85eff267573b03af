/**
 * The record: what it costs a build, and what it is worth to `verify` and `diff`.
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import type { Place } from "./contenders.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { showSeconds } from "./table.ts";

/** At least as many pairs are run: what is to be seen are a few hundredths. */
const leastRounds = 7;

/** What was measured; ratios are medians over pairs of runs in turn. */
export interface Recording {
  /** A build with the record over one without. */
  readonly buildRatio: number;
  /** `verify` without a side file over `sha512sum` of the image. */
  readonly verifyRatio: number;
  /** `diff` of two images. */
  readonly diffSeconds: number;
}

/** Builds with and without a record in turn, then verifies and compares what was built. */
export async function recordFigures(
  [program = "", ...args]: IcecoreCommand,
  { data, out }: Place,
  options: Pick<RunOptions, "signal" | "timeoutMs"> & { readonly rounds: number },
): Promise<Recording> {
  mkdirSync(out, { recursive: true });
  const seconds = async (...argv: string[]) =>
    (await measure(argv, { ...options, cwd: out })).seconds;
  const build = async (name: string, ...flags: string[]) => {
    rmSync(`${out}/${name}`, { force: true });
    rmSync(`${out}/${name}.sha512`, { force: true });
    const image = `${out}/${name}`;
    return await seconds(program, ...args, "build", data.folder, "-o", image, "--quiet", ...flags);
  };
  try {
    const builds: number[] = [], verifies: number[] = [], diffs: number[] = [];
    for (let round = 0; round < Math.max(options.rounds, leastRounds); round++) {
      builds.push(await build("x.img") / await build("y.img", "--without-record"));
    }
    await build("y.img");
    rmSync(`${out}/x.img.sha512`);
    for (let round = 0; round < options.rounds; round++) {
      const verified = await seconds(program, ...args, "verify", `${out}/x.img`, "--quiet");
      verifies.push(verified / await seconds("sha512sum", `${out}/x.img`));
      diffs.push(await seconds(program, ...args, "diff", `${out}/x.img`, `${out}/y.img`));
    }
    return {
      buildRatio: median(builds) ?? NaN,
      verifyRatio: median(verifies) ?? NaN,
      diffSeconds: median(diffs) ?? NaN,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The numbers as a sentence. */
export function showRecording({ buildRatio, verifyRatio, diffSeconds }: Recording): string {
  return `The record: a build takes ${buildRatio.toFixed(3)} × as long as without; verify by it ` +
    `${verifyRatio.toFixed(2)} × sha512sum of the image; diff of two images ` +
    `${showSeconds(diffSeconds)}.`;
}
