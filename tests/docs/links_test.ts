import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { repositoryRoot } from "../lint/source_files.ts";

const DECISIONS = `${repositoryRoot}/docs/decisions`;

Deno.test("every decision is in the index, and fits a page of 40 lines", () => {
  const index = readFileSync(`${DECISIONS}/README.md`, "utf8");
  for (const page of readdirSync(DECISIONS).filter((name) => name !== "README.md")) {
    assert.ok(index.includes(`](${page})`), `${page} is in the index`);
    const lines = readFileSync(`${DECISIONS}/${page}`, "utf8").trimEnd().split("\n");
    assert.ok(lines.length <= 40, `${page} has ${lines.length} lines`);
  }
});

Deno.test("links between pages lead somewhere, and to a heading that is there", () => {
  const below = readdirSync(`${repositoryRoot}/docs`, { recursive: true, encoding: "utf8" });
  const pages = [...readdirSync(repositoryRoot), ...below.map((path) => `docs/${path}`)]
    .filter((path) => path.endsWith(".md"));
  for (const page of pages) {
    const text = readFileSync(`${repositoryRoot}/${page}`, "utf8");
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue;
      const [path, heading] = link!.split("#");
      const target = path === "" ? page : `${dirname(page)}/${path}`;
      assert.ok(existsSync(`${repositoryRoot}/${target}`), `${page}: ${link}`);
      if (heading !== undefined) {
        assert.ok(headingsOf(target).includes(heading), `${page}: ${link}`);
      }
    }
  }
});

/** The headings of a page as links name them. */
function headingsOf(page: string): string[] {
  const text = readFileSync(`${repositoryRoot}/${page}`, "utf8");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\w\- ]/g, "").replace(/ /g, "-")
  );
}

Deno.test("the index of the pages has every page", () => {
  const index = readFileSync(`${repositoryRoot}/docs/README.md`, "utf8");
  const pages = readdirSync(`${repositoryRoot}/docs`)
    .filter((name) => name.endsWith(".md") && name !== "README.md");
  assert.deepEqual(pages.filter((page) => !index.includes(`](${page})`)), []);
});
