import assert from "node:assert/strict";
import { batchesOf } from "./batches.ts";
import { countsOf, summaryLine } from "./counts.ts";

Deno.test("counts are read from the last line of a run, coloured or not", () => {
  const line =
    "\x1b[0m\x1b[32mok\x1b[0m | 12 passed (3 steps) | 0 failed | 2 ignored (1m2s)";
  assert.deepEqual(countsOf(`a test ... ok (1s)\n\n${line}\n`, 0), {
    passed: 12,
    failed: 0,
    ignored: 2,
  });
});

Deno.test("a run that ends badly without a failed test counts as a failed one", () => {
  assert.equal(countsOf("ok | 3 passed | 0 failed (1s)\n", 1).failed, 1);
  assert.equal(countsOf("error: out of memory\n", 137).failed, 1);
  assert.equal(countsOf("", 0).failed, 1);
  assert.equal(countsOf("FAILED | 3 passed | 2 failed (1s)\n", 1).failed, 2);
});

Deno.test("the summary of all runs reads like that of one", () => {
  assert.equal(
    summaryLine({ passed: 7, failed: 0, ignored: 1 }, 61_000),
    "ok | 7 passed | 0 failed | 1 ignored (1m1s)",
  );
  assert.equal(
    summaryLine({ passed: 7, failed: 2, ignored: 0 }, 900),
    "FAILED | 7 passed | 2 failed (1s)",
  );
});

Deno.test("every file runs once, the slow ones first", () => {
  const files = [
    "a_test.ts",
    "b_test.ts",
    "c_test.ts",
    "d_test.ts",
    "e_test.ts",
  ].map((f) => `x/${f}`);
  const slow = "tests/faults/interrupted_test.ts";
  const batches = batchesOf([...files, slow]);
  assert.deepEqual(batches[0], [slow]);
  assert.deepEqual(batches.flat().sort(), [...files, slow].sort());
});
