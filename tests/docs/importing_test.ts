import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import configuration from "../../deno.json" with { type: "json" };
import { repositoryRoot } from "../lint/source_files.ts";

Deno.test("docs/importing.md names packages in the versions of deno.json", () => {
  const text = readFileSync(`${repositoryRoot}/docs/importing.md`, "utf8");
  const imports: Readonly<Record<string, string>> = configuration.imports;
  const named = [...text.matchAll(/"([\w@/-]+)": "(?:npm:\1@)?(\d[\d.]*)"/g)];
  assert.equal(named.length, 6, "three packages, for Deno and for Bun");
  for (const [, name, version] of named) assert.equal(imports[name!], `npm:${name}@${version}`);
});
