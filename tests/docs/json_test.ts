import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { repositoryRoot } from "../lint/source_files.ts";

const read = (path: string) =>
  readFileSync(`${repositoryRoot}/${path}`, "utf8");

Deno.test("docs/json.md names every type that a command prints with --json", () => {
  const files = readdirSync(`${repositoryRoot}/cli`, {
    recursive: true,
    encoding: "utf8",
  })
    .filter((name) => name.endsWith(".ts")).map((name) => `cli/${name}`);
  const source = files.map(read).join("\n");
  const printed = [
    ...source.matchAll(/(?:printJson\(|return )\{\s*type: "([a-z-]+)"/g),
  ];
  const events = [
    ...read("pipeline/events.ts").matchAll(/^ {2}readonly type: "([a-z-]+)"/gm),
  ];
  const types = [...printed, ...events].map(([, type]) => type!);
  assert.ok(types.length >= 20, types.join(" "));
  const page = read("docs/json.md");
  const missing = types.filter((type) =>
    !new RegExp(`[\`"]${type}[\`"]`).test(page)
  );
  assert.deepEqual(missing, []);
});
