import assert from "node:assert/strict";
import { icecoreOutput } from "../support/programs/run_icecore.ts";

/** What a shell receives when the last word is to be completed. */
async function offered(words: string): Promise<string[]> {
  const output = await icecoreOutput(["completion", "bash", ...words.split(" ")]);
  return output.split("\n").filter((line) => line !== "").sort();
}

const FILES = "__FILE__:any:::0";
const FOLDERS = "__FILE__:directory:::0";

for (
  const [words, answer] of [
    ["build x", FILES],
    ["build photos -o x", FILES],
    ["build photos --exclude-from x", FILES],
    ["verify x", FILES],
    ["verify a.img --source x", FOLDERS],
    ["ls x", FILES],
    ["diff a.img x", FILES],
    ["extract a.img -o x", FOLDERS],
    ["mount a.img x", FOLDERS],
    ["umount x", FOLDERS],
    ["join x", FILES],
  ] as const
) {
  Deno.test(`a shell completes paths: icecore ${words}`, async () => {
    assert.deepEqual(await offered(words), [answer]);
  });
}

Deno.test("a shell completes hidden names where a dot was typed", async () => {
  assert.deepEqual(await offered("verify a/.x"), ["__FILE__:any:::1"]);
});

Deno.test("a shell completes the names of recipes, steps and plugins, or a path", async () => {
  assert.deepEqual(await offered("build photos --recipe nat"), ["__FILE__:any:::0", "native"]);
  assert.deepEqual(await offered("build photos --use zs"), ["__FILE__:any:::0", "zstd"]);
  assert.ok((await offered("build photos --without fs")).includes("fsck"));
  assert.ok((await offered("steps shr")).includes("shrink"));
});
