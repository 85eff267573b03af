/**
 * Runs the contenders in turn, several rounds, on one data set.
 * @module
 */

import { mkdirSync, rmSync, statSync } from "node:fs";
import process from "node:process";
import { findProgram } from "./find_program.ts";
import type { Contender, Place } from "./contenders.ts";
import { measure, RunError } from "./measure.ts";
import { median } from "./statistics.ts";

/** What a contender came to. */
export interface Result {
  readonly name: string;
  /** The median of the rounds. */
  readonly seconds?: number;
  readonly peakBytes?: number;
  readonly resultBytes?: number;
  /** Why there are no numbers, e.g. `not installed: mkfs.erofs`. */
  readonly why?: string;
  /** What must be known to read the numbers, in the contender's own words. */
  readonly note?: string;
}

/** How a contest is held. */
export interface ContestOptions {
  readonly rounds: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Receives what happens, for the terminal. */
  readonly log: (text: string) => void;
}

interface Tally {
  readonly contender: Contender;
  readonly seconds: number[];
  readonly peaks: number[];
  resultBytes?: number;
  why?: string;
  note?: string;
}

/** Holds the contest; results come in the order of `contenders`. */
export async function contest(
  contenders: readonly Contender[],
  place: Place,
  options: ContestOptions,
): Promise<Result[]> {
  const tallies = contenders.map((contender): Tally => {
    const why = unable(contender);
    return { contender, seconds: [], peaks: [], ...(why === undefined ? {} : { why }) };
  });
  for (let round = 1; round <= options.rounds; round++) {
    for (const tally of tallies.filter(({ why }) => why === undefined)) {
      options.log(`round ${round} of ${options.rounds}: ${tally.contender.name}`);
      await runOnce(tally, place, options);
    }
  }
  return tallies.map(toResult);
}

/** Why a contender cannot run here, if so. */
function unable({ programs, root, unable }: Contender): string | undefined {
  if (unable !== undefined) return unable;
  const missing = programs.filter((program) => !findProgram(program));
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  return root === true && process.getuid?.() !== 0 ? "needs root" : undefined;
}

async function runOnce(tally: Tally, place: Place, options: ContestOptions): Promise<void> {
  const { contender } = tally;
  rmSync(place.out, { recursive: true, force: true });
  mkdirSync(place.out);
  try {
    const run = await measure(contender.argv(place), { ...options, cwd: place.out });
    tally.seconds.push(run.seconds);
    if (run.peakBytes !== undefined) tally.peaks.push(run.peakBytes);
    const note = /^note: (.*)$/m.exec(run.output)?.[1];
    if (note !== undefined) tally.note = note;
    if (contender.result !== undefined) {
      tally.resultBytes = statSync(`${place.out}/${contender.result}`).size;
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    tally.why = error.message;
  } finally {
    rmSync(place.out, { recursive: true, force: true });
  }
}

function toResult({ contender, seconds, peaks, resultBytes, why, note }: Tally): Result {
  const middle = median(seconds);
  const peak = median(peaks);
  return {
    name: contender.name,
    ...(note === undefined ? {} : { note }),
    ...(why !== undefined ? { why } : {
      ...(middle === undefined ? {} : { seconds: middle }),
      ...(peak === undefined ? {} : { peakBytes: peak }),
      ...(resultBytes === undefined ? {} : { resultBytes }),
    }),
  };
}
