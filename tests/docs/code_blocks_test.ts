import assert from "node:assert/strict";
import { codeBlocks } from "./code_blocks.ts";
import { withCheckout } from "./checkout.ts";
import { programsOf, runBlock } from "./run_block.ts";

Deno.test("blocks are found with their line, language and claim", () => {
  const page =
    "# A\n```ts runnable\nlet a = 1;\n```\ntext\n```sh\nls\n```\n````md\n```ts\n```\n````\n";
  assert.deepEqual(codeBlocks(page), [
    { line: 2, language: "ts", runnable: true, text: "let a = 1;\n" },
    { line: 6, language: "sh", runnable: false, text: "ls\n" },
    { line: 9, language: "md", runnable: false, text: "```ts\n```\n" },
  ]);
});

Deno.test("a block in a list or a quote is a block, without the margin", () => {
  const list = "- item\n\n  ```sh runnable\n  ls\n\n    more\n  ```\n";
  const block = { language: "sh", runnable: true };
  assert.deepEqual(codeBlocks(list), [{
    ...block,
    line: 3,
    text: "ls\n\n  more\n",
  }]);
  const quote = "> ```sh runnable\n> ls\n> ```\n";
  assert.deepEqual(codeBlocks(quote), [{ ...block, line: 1, text: "ls\n" }]);
});

Deno.test("the programs that a block needs are those it begins commands with", () => {
  const text =
    "icecore build zstd --use age\npar2 verify x && tar tf - | 7z l\n  npx -y deno\n";
  const block = { line: 1, runnable: true, text };
  assert.deepEqual(programsOf({ ...block, language: "sh" }), [
    "par2",
    "7z",
    "npx",
  ]);
  assert.deepEqual(programsOf({ ...block, language: "ts" }), []);
});

Deno.test("a block that is not closed, or cannot run, is an error", () => {
  assert.throws(
    () => codeBlocks("```ts\nlet a;\n"),
    /the block at line 1 is not closed/,
  );
  assert.throws(
    () => codeBlocks("```py runnable\n```\n"),
    /line 1 is runnable, but neither ts/,
  );
});

Deno.test("a block that fails is seen to fail", async () => {
  await withCheckout(async (folder) => {
    const block = { line: 1, runnable: true } as const;
    const good = { ...block, language: "sh", text: "ls photos/2024\n" };
    assert.equal((await runBlock(good, folder)).code, 0);
    const shell = await runBlock({
      ...block,
      language: "sh",
      text: "false\ntrue\n",
    }, folder);
    assert.notEqual(shell.code, 0);
    const script = await runBlock({
      ...block,
      language: "ts",
      text: "throw 1;\n",
    }, folder);
    assert.notEqual(script.code, 0);
  });
});
