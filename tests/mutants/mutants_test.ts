import assert from "node:assert/strict";
import { testWith } from "../support/programs/requirements.ts";
import { tryMutants } from "./mutants.ts";
import { Random } from "./random.ts";

/** A sample of what `deno task mutants` tries by the thousand. */
const SAMPLE = { count: 300, seed: 8 };
/** What only e2fsck finds is for the task to report, and rare; times differ from run to run. */
const MOST_MISSED = SAMPLE.count / 50;

testWith(
  { programs: ["mkfs.ext4", "e2fsck", "mknod", "setfattr", "dd"], root: true },
  "mutated images end in right data or errors with a name, and the checker finds what e2fsck finds",
  async () => {
    const faulty: string[] = [];
    const missed: string[] = [];
    let countFound = 0;
    for await (const { number, sample, change, ...verdict } of tryMutants(SAMPLE)) {
      if (verdict.checked.length > 0) countFound++;
      const what = `#${number} of ${sample}: ${change}`;
      if (verdict.faults.length > 0) faulty.push(`${what}: ${verdict.faults.join("; ")}`);
      if (verdict.onlyE2fsck !== "") missed.push(`${what}: ${verdict.onlyE2fsck}`);
    }
    assert.deepEqual(faulty, []);
    assert.ok(missed.length <= MOST_MISSED, missed.join("\n"));
    assert.ok(countFound > SAMPLE.count / 2, `${countFound} were found damaged`);
  },
);

Deno.test("a mutant can be made again by its seed", () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 5 }, () => random.below(1000));
  };
  assert.deepEqual(numbers(7), numbers(7));
  assert.notDeepEqual(numbers(7), numbers(8));
});
