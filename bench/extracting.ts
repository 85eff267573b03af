/**
 * Extracting everything out of an image, beside `tar x` of the same files.
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import { compileC } from "./compile_c.ts";
import type { Place } from "./contenders.ts";
import { findProgram } from "./find_program.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { showBytes, showSeconds } from "./table.ts";

/** What extracting took, medians. */
export interface Extracting {
  readonly seconds: number;
  readonly tarSeconds: number;
  readonly peakBytes?: number;
  /** The system calls alone, in C, by one thread and by two; missing without a compiler. */
  readonly oneThreadSeconds?: number;
  readonly twoThreadsSeconds?: number;
}

/** Builds an image and an archive of the data, and extracts both in turn. */
export async function extractAll(
  [program = "", ...args]: IcecoreCommand,
  { data, out }: Place,
  options: Pick<RunOptions, "signal" | "timeoutMs"> & { readonly rounds: number },
): Promise<Extracting> {
  mkdirSync(out, { recursive: true });
  const run = (...argv: string[]) => measure(argv, { ...options, cwd: out });
  const target = `${out}/target`;
  const seconds: number[] = [], tarSeconds: number[] = [], peaks: number[] = [];
  const byThreads: readonly [one: number[], two: number[]] = [[], []];
  const calls = findProgram("gcc") ? compileC("make_calls", ["-lpthread"], out) : undefined;
  try {
    await run(program, ...args, "build", data.folder, "-o", `${out}/x.img`, "--quiet");
    await run("tar", "-C", data.folder, "-cf", `${out}/x.tar`, ".");
    for (let round = 0; round < options.rounds; round++) {
      const ours = await run(program, ...args, "extract", `${out}/x.img`, "-o", target, "--quiet");
      rmSync(target, { recursive: true });
      mkdirSync(target);
      const theirs = await run("tar", "-C", target, "-xpf", `${out}/x.tar`);
      rmSync(target, { recursive: true });
      seconds.push(ours.seconds);
      tarSeconds.push(theirs.seconds);
      if (ours.peakBytes !== undefined) peaks.push(ours.peakBytes);
      if (calls === undefined) continue;
      for (const [i, took] of byThreads.entries()) {
        const { output } = await run(calls, data.folder, `${out}/x.img`, target, String(i + 1));
        rmSync(target, { recursive: true });
        took.push(Number(output));
      }
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  const [peak, oneThreadSeconds, twoThreadsSeconds] = [peaks, ...byThreads].map(median);
  return {
    seconds: median(seconds) ?? NaN,
    tarSeconds: median(tarSeconds) ?? NaN,
    ...(peak === undefined ? {} : { peakBytes: peak }),
    ...(oneThreadSeconds === undefined ? {} : { oneThreadSeconds }),
    ...(twoThreadsSeconds === undefined ? {} : { twoThreadsSeconds }),
  };
}

/** The numbers as a sentence. */
export function showExtracting(
  { seconds, tarSeconds, peakBytes, oneThreadSeconds: one, twoThreadsSeconds: two }: Extracting,
): string {
  const peak = peakBytes === undefined ? "" : `, at most ${showBytes(peakBytes)} of memory`;
  const calls = one === undefined || two === undefined
    ? ""
    : `; the system calls alone, in C: ${showSeconds(one)} by one thread, ${
      showSeconds(two)
    } by two`;
  return `Extracting everything: ${showSeconds(seconds)}${peak}; tar x: ${
    showSeconds(tarSeconds)
  }${calls}.`;
}
