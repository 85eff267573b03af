import fc from "fast-check";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { testWith } from "../support/programs/requirements.ts";
import { arbitraryRoot } from "../support/trees/arbitrary_tree.ts";

/** More with `ICECORE_PROPERTY_RUNS`. */
const numRuns = Number(Deno.env.get("ICECORE_PROPERTY_RUNS") ?? 60);

testWith(
  JUDGE,
  `${numRuns} random trees with random options are clean and mount as they are`,
  () =>
    fc.assert(
      fc.asyncProperty(
        arbitraryRoot,
        fc.record({
          blockSizeBytes: fc.constantFrom(
            1024 as const,
            2048 as const,
            4096 as const,
            "auto" as const,
          ),
          label: fc.uint8Array({ maxLength: 16 }),
          uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          hashSeed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          writeTimeSeconds: fc.nat(1_700_000_000),
          hasRecord: fc.boolean(),
        }),
        (root, options) => judge(root, options),
      ),
      { numRuns },
    ),
);
