import assert from "node:assert/strict";
import { checkFileSizes, maxLines } from "./file_size.ts";
import { cleanTree, withTree } from "./fixture.ts";
import { repositoryRoot } from "./source_files.ts";
import { formatViolation } from "./violation.ts";

Deno.test("no source file of this repository is over 300 lines", () => {
  assert.deepEqual(checkFileSizes(repositoryRoot).map(formatViolation), []);
});

Deno.test("a source file of 301 lines is a violation; one of 300, and a long test, are not", async () => {
  const tree = {
    ...cleanTree,
    "steps/long.ts": "//\n".repeat(maxLines + 1),
    "steps/full.ts": "//\n".repeat(maxLines),
    "tests/long_test.ts": "//\n".repeat(2 * maxLines),
  };
  await withTree(tree, (root) => {
    assert.deepEqual(checkFileSizes(root).map(formatViolation), [
      "steps/long.ts:301: steps/long.ts has 301 lines, 300 is the most: " +
      "there are two concepts in it. Give one a file of its own.",
    ]);
    return Promise.resolve();
  });
});
