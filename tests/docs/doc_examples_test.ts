/**
 * Runs what the pages and the doc comments show: every `ts runnable` and `sh runnable` block of
 * README.md and docs/, and every example in a doc comment of the source.
 * @module
 */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { repositoryRoot, sourceFiles } from "../lint/source_files.ts";
import { withCheckout } from "./checkout.ts";
import { codeBlocks } from "./code_blocks.ts";
import { runDocComments } from "./doc_comments.ts";
import { runBlock } from "./run_block.ts";

for (const page of pages()) {
  const blocks = codeBlocks(readFileSync(`${repositoryRoot}/${page}`, "utf8"));
  for (const block of blocks.filter(({ runnable }) => runnable)) {
    Deno.test(`${page}:${block.line}: the ${block.language} block runs`, async () => {
      await withCheckout(async (folder) => {
        const { code, output } = await runBlock(block, folder);
        assert.equal(code, 0, output);
      });
    });
  }
  if (page === "README.md" && !blocks.some(({ runnable }) => runnable)) sayNone(page);
}
if (!existsSync(`${repositoryRoot}/README.md`)) sayNone("README.md");

const documented = sourceFiles(repositoryRoot).filter((file) =>
  !/^(tests|bench)\//.test(file) &&
  /^\s*\* ```(ts|js)\s*$/m.test(readFileSync(`${repositoryRoot}/${file}`, "utf8"))
);
if (documented.length === 0) sayNone("the doc comments of the source");
else {
  Deno.test(`the examples in the doc comments of ${documented.length} files run`, async () => {
    const { success, countPassed, output } = await runDocComments(repositoryRoot, documented);
    assert.ok(success, output);
    assert.ok(countPassed >= documented.length, `only ${countPassed} examples ran:\n${output}`);
  });
}

/** README.md and every page below docs/. */
function pages(): string[] {
  const below = readdirSync(`${repositoryRoot}/docs`, { recursive: true, encoding: "utf8" });
  return ["README.md", ...below.map((path) => `docs/${path}`).sort()].filter((page) =>
    page.endsWith(".md") && existsSync(`${repositoryRoot}/${page}`)
  );
}

/** Nothing to run is said aloud: an ignored test, never one that passed. */
function sayNone(where: string): void {
  Deno.test({ name: `${where}: has no example that runs yet`, ignore: true, fn: () => {} });
}
