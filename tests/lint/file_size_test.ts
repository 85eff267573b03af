import assert from "node:assert/strict";
import { checkFileSizes, maxLines } from "./file_size.ts";
import { cleanTree, withTree } from "./fixture.ts";
import { repositoryRoot } from "./source_files.ts";
import { formatViolation } from "./violation.ts";

Deno.test("no source file of this repository is over 300 lines", () => {
  assert.deepEqual(checkFileSizes(repositoryRoot).map(formatViolation), []);
});

Deno.test("a file of 301 lines is a violation, also of tests; one of 300 is not", async () => {
  const tree = {
    ...cleanTree,
    "steps/long.ts": "//\n".repeat(maxLines + 1),
    "steps/full.ts": "//\n".repeat(maxLines),
    "tests/long_test.ts": "//\n".repeat(maxLines + 1),
  };
  await withTree(tree, (root) => {
    const violations = ["steps/long.ts", "tests/long_test.ts"].map((file) =>
      `${file}:301: ${file} has 301 lines, 300 is the most: ` +
      "there are two concepts in it. Give one a file of its own."
    );
    assert.deepEqual(
      checkFileSizes(root).map(formatViolation).sort(),
      violations,
    );
    return Promise.resolve();
  });
});
