import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import product from "../../deno.json" with { type: "json" };
import tests from "../deno.json" with { type: "json" };
import { repositoryRoot } from "./source_files.ts";

Deno.test("the tests know each name of the product, in the same version, and a few besides", () => {
  const ofTests: Record<string, string> = { ...tests.imports };
  for (const [name, target] of Object.entries(product.imports)) {
    assert.equal(ofTests[name], target.replace(/^\.\//, "../"), name);
    delete ofTests[name];
  }
  assert.deepEqual(Object.keys(ofTests).sort(), [
    "axe-core",
    "fast-check",
    "kubernetes-models",
    "playwright-core",
    "s3rver",
    "yaml",
  ]);
  assert.deepEqual(tests.compilerOptions, product.compilerOptions);
});

Deno.test("who only builds images fetches no package of the tests", () => {
  const lock = JSON.parse(readFileSync(`${repositoryRoot}/deno.lock`, "utf8"));
  const locked = Object.keys(lock.npm).map((each) => each.replace(/(.)@.*$/, "$1"));
  for (const name of ["axe-core", "fast-check", "playwright-core", "s3rver", "koa", "lodash"]) {
    assert.ok(!locked.includes(name), name);
  }
});
