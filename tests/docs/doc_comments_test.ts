import assert from "node:assert/strict";
import { withTree } from "../lint/fixture.ts";
import { runDocComments } from "./doc_comments.ts";

const module = (expected: number, type = "number") =>
  [
    "/**",
    " * Adds.",
    " * @example",
    " * ```ts",
    ' * import { add } from "icecore";',
    ` * const sum: ${type} = add(1, 2);`,
    ` * if (Number(sum) !== ${expected}) throw new Error("wrong");`,
    " * const unused = 1;",
    " * ```",
    " */",
    "export const add = (a: number, b: number): number => a + b;",
    "export const other = 1;",
    "",
  ].join("\n");

const configuration = JSON.stringify({
  compilerOptions: { noUnusedLocals: true },
});

async function outcomeOf(text: string) {
  let outcome;
  await withTree(
    { "deno.json": configuration, "mod.ts": text },
    async (root) => {
      outcome = await runDocComments(root, ["mod.ts"]);
    },
  );
  return outcome as unknown as Awaited<ReturnType<typeof runDocComments>>;
}

Deno.test("an example in a doc comment runs, and imports the module by its name", async () => {
  const { success, countPassed, output } = await outcomeOf(module(3));
  assert.ok(success, output);
  assert.equal(countPassed, 1);
});

Deno.test("an example that throws is seen to fail", async () => {
  const { success, output } = await outcomeOf(module(4));
  assert.ok(!success && output.includes("Error: wrong"), output);
});

Deno.test("an example of the wrong type is seen to fail", async () => {
  const { success, output } = await outcomeOf(module(3, "string"));
  assert.ok(
    !success && output.includes("is not assignable to type 'string'"),
    output,
  );
});
