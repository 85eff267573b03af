/**
 * Runs what the pages and the doc comments show: every `ts runnable` and `sh runnable` block of the
 * pages at the root and below docs/, and every example in a doc comment of the source.
 * @module
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { repositoryRoot, sourceFiles } from "../lint/source_files.ts";
import { testWith } from "../support/programs/requirements.ts";
import { withCheckout } from "./checkout.ts";
import { codeBlocks } from "./code_blocks.ts";
import { runDocComments } from "./doc_comments.ts";
import { checkBlocks, programsOf, runBlock } from "./run_block.ts";

const blocksOf = new Map(
  pages().map((page) => [page, codeBlocks(readFileSync(`${repositoryRoot}/${page}`, "utf8"))]),
);

for (const [page, blocks] of blocksOf) {
  for (const block of blocks.filter(({ runnable }) => runnable)) {
    const needs = { programs: programsOf(block) };
    testWith(needs, `the ${block.language} block at ${page}:${block.line} runs`, async () => {
      await withCheckout(async (folder) => {
        const { code, output } = await runBlock(block, folder);
        assert.equal(code, 0, output);
      });
    });
  }
  if (page === "README.md") {
    Deno.test("README.md shows something that runs", () => {
      assert.ok(blocks.some(({ runnable }) => runnable));
    });
  }
}

Deno.test("the types of all ts blocks fit", async () => {
  const blocks = [...blocksOf.values()].flat()
    .filter(({ runnable, language }) => runnable && language === "ts");
  assert.ok(blocks.length > 0);
  await withCheckout(async (folder) => {
    const { code, output } = await checkBlocks(blocks, folder);
    assert.equal(code, 0, output);
  });
});

Deno.test("the examples in the doc comments of the source run, all of them", async () => {
  const fences = new Map(
    sourceFiles(repositoryRoot).filter((file) => !/^(tests|bench)\//.test(file))
      .map((file) => [file, openingFences(file)] as const)
      .filter(([, openings]) => openings.length > 0),
  );
  const infos = [...fences.values()].flat();
  assert.deepEqual(infos.filter((info) => info !== "ts"), [], "an example is ts, and runs");
  const { success, countPassed, output } = await runDocComments(repositoryRoot, [...fences.keys()]);
  assert.ok(success, output);
  assert.equal(countPassed, infos.length, output);
});

/** What stands behind the opening fences in a file's comments. */
function openingFences(file: string): string[] {
  const text = readFileSync(`${repositoryRoot}/${file}`, "utf8");
  return [...text.matchAll(/^\s*\* ```(.*)$/gm)].map(([, info]) => info!)
    .filter((_, i) => i % 2 === 0);
}

/** The pages at the root, and every page below docs/. */
function pages(): string[] {
  const below = readdirSync(`${repositoryRoot}/docs`, { recursive: true, encoding: "utf8" });
  return [...readdirSync(repositoryRoot), ...below.map((path) => `docs/${path}`)]
    .filter((page) => page.endsWith(".md")).sort();
}
