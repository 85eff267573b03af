import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import configuration from "../../deno.json" with { type: "json" };
import { repositoryRoot, sourceFiles } from "../lint/source_files.ts";

const { version } = configuration;
const read = (path: string) => readFileSync(`${repositoryRoot}/${path}`, "utf8");

Deno.test("the version is in deno.json, and no source file repeats it", () => {
  const repeating = sourceFiles(repositoryRoot)
    .filter((file) => !file.startsWith("tests/") && read(file).includes(`"${version}"`));
  assert.deepEqual(repeating, []);
  for (const script of ["compile.sh", "npm.sh"]) assert.ok(!read(script).includes(`"${version}"`));
});

Deno.test("the change log begins with the version, and the README names it", () => {
  assert.equal(/^## (\S+?),? /m.exec(read("CHANGELOG.md"))?.[1], version);
  assert.ok(read("README.md").includes(`Version ${version}`));
});
