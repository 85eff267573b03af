/**
 * Mutated images by the thousand: `deno task mutants [--count N] [--seed S] [--from N]
 * [--judge-all]`.
 *
 * Fails where an error has no name, where something is written outside the target of `extract`, and
 * where work is not bounded. Disagreements with e2fsck are listed.
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { makeSamples, type Sample } from "./samples.ts";
import { tryImage, type Verdict } from "./trial.ts";

/** One mutant and what became of it. */
export interface Mutant extends Verdict {
  readonly number: number;
  readonly sample: string;
  readonly change: string;
}

/** Which mutants. */
export interface MutantOptions {
  readonly count: number;
  readonly seed: number;
  /** The number of the first one: so that one can be made again. */
  readonly from?: number;
  /** Whether e2fsck judges also what the checker calls damaged, which takes its time. */
  readonly judgesAll?: boolean;
}

/** Makes and tries them; each follows from the seed and its number alone. */
export async function* tryMutants(
  options: MutantOptions,
): AsyncGenerator<Mutant> {
  const { count, seed, from = 0, judgesAll = false } = options;
  const scratch = mkdtempSync(join(tmpdir(), "icecore-mutants-"));
  try {
    const samples = makeSamples(scratch);
    const trials = join(scratch, "trials");
    mkdirSync(trials);
    for (let number = from; number < from + count; number++) {
      const random = new Random(
        Math.imul(seed, 0x9e37_79b1) ^ Math.imul(number, 0x85eb_ca6b),
      );
      const { name, image, change } = mutantOf(samples, random);
      yield {
        number,
        sample: name,
        change,
        ...(await tryImage(image, trials, judgesAll)),
      };
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function mutantOf(samples: readonly Sample[], random: Random) {
  const { name, image: sound, places } = random.pick(samples);
  const image = sound.slice();
  return { name, image, change: mutate(image, places, random) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "24000" },
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      "judge-all": { type: "boolean", default: false },
    },
  });
  const [count, seed, from] = [values.count, values.seed, values.from].map(
    Number,
  );
  let [countFaulty, countFound, countMissed] = [0, 0, 0];
  const judgesAll = values["judge-all"];
  for await (
    const mutant of tryMutants({
      count: count!,
      seed: seed!,
      from: from!,
      judgesAll,
    })
  ) {
    const {
      number,
      sample,
      change,
      faults,
      checked,
      onlyE2fsck,
      isOnlyChecker,
    } = mutant;
    if (checked.length > 0) countFound++;
    if (faults.length === 0 && onlyE2fsck === "" && !isOnlyChecker) continue;
    console.log(`#${number} of ${sample}: ${change}`);
    for (const fault of faults) console.log(`  FAULT ${fault}`);
    if (onlyE2fsck !== "") console.log(`  only e2fsck: ${onlyE2fsck}`);
    if (isOnlyChecker) console.log(`  only the checker: ${checked.join(" ")}`);
    if (faults.length > 0) countFaulty++;
    if (onlyE2fsck !== "") countMissed++;
  }
  console.log(
    `${count} mutants: ${countFound} found damaged, ${countMissed} by e2fsck alone, ` +
      `${countFaulty} with faults`,
  );
  process.exitCode = countFaulty === 0 ? 0 : 1;
}

if (import.meta.main) await main();
