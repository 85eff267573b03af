import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { repositoryRoot } from "../lint/source_files.ts";
import { icecoreOutput } from "../support/programs/run_icecore.ts";

Deno.test("docs/building.md has a row for every option of build", async () => {
  const help = await icecoreOutput(["help", "build"]);
  const options = [...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name!);
  assert.ok(options.length >= 20, help);
  const rows = readFileSync(`${repositoryRoot}/docs/building.md`, "utf8").split("\n")
    .filter((line) => line.startsWith("| `-"));
  const missing = options.filter((name) => !rows.some((row) => row.includes(name)));
  assert.deepEqual(missing, []);
});
