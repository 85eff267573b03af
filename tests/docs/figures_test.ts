import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { repositoryRoot } from "../lint/source_files.ts";

/** Rows of the tables of a page: their cells, without blanks and markup. */
function rowsOf(page: string): string[][] {
  const lines = readFileSync(`${repositoryRoot}/${page}`, "utf8").split("\n");
  return lines.filter((line) => line.startsWith("| "))
    .map((line) =>
      line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
    );
}

Deno.test("the figures in README.md are those of docs/benchmarks.md", () => {
  const measured = rowsOf("docs/benchmarks.md");
  const shown = rowsOf("README.md").filter(([, time]) =>
    /^[\d.]+ s$/.test(time ?? "")
  );
  assert.equal(shown.length, 4);
  for (const [name, time, image] of shown) {
    // The first table of that page is of the photos.
    const row = measured.find(([contender]) => contender === name);
    assert.deepEqual([row?.[1], row?.[4]], [time, image], name);
  }
});
