import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { loadCommands } from "../../../cli/load_commands.ts";
import { commandPages } from "../../../cli/manual/manual.ts";
import { LINES, shortHelp } from "../../../cli/manual/short_help.ts";
import { terminalPage } from "../../../cli/manual/terminal_page.ts";
import { TOPICS } from "../../../cli/manual/topics.ts";
import { repositoryRoot } from "../../lint/source_files.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";

const pages = commandPages(await loadCommands());

Deno.test("--help of every command fits a terminal of 24 lines and 80 columns", () => {
  assert.ok(pages.length > 20);
  for (const page of pages) {
    const lines = shortHelp(page, { width: 80, color: false }).split("\n");
    assert.ok(lines.length <= LINES, `${page.name}: ${lines.length}`);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.equal(lines.at(-1), `All of it: icecore help ${page.name}`);
    assert.ok(lines.some((line) => /^ {2}(sudo |\w.*\| )?icecore /.test(line)), page.name);
  }
});

Deno.test("no option is missing in it: each has a line or is named", () => {
  for (const page of pages) {
    const help = shortHelp(page, { width: 80, color: false });
    for (const { term } of page.sections.flatMap(({ entries }) => entries)) {
      const name = /--[a-z-]+/.exec(term)?.[0] ?? term;
      assert.ok(help.includes(name), `${page.name}: ${name}`);
    }
  }
});

Deno.test("--help of a command and of one below it print it, help prints all", async () => {
  assert.match(
    await icecoreOutput(["recipe", "schema", "--help"]),
    /^Usage: icecore recipe schema/m,
  );
  assert.match(await icecoreOutput(["verify", "a.img", "--help"]), /icecore help verify\n$/);
  const all = await icecoreOutput(["help", "build"]);
  assert.match(all, /--identity|--uuid UUID /);
  // Behind two hyphens it is a path like another.
  const { code, stderr } = await icecore(["ls", "gone.img", "--", "--help"]);
  assert.equal(code, 1);
  assert.match(stderr, /cannot .*gone\.img/);
});

Deno.test("help TOPIC prints each page of the documentation", async () => {
  const docs = readdirSync(`${repositoryRoot}/docs`)
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => name.slice(0, -3)).sort();
  assert.deepEqual(Object.keys(TOPICS).sort(), docs);
  const list = await icecoreOutput(["help", "topics"]);
  for (const name of docs) assert.match(list, new RegExp(`^ {2}${name} +\\S`, "m"));
  assert.match(await icecoreOutput(["help", "sharing"]), /^EQUAL FILES ONCE/);
});

Deno.test("a page on a terminal has neither marks nor addresses", () => {
  const page =
    "# One\n\n<!-- not this -->\n\nSee [two](two.md), `--three`, **four**\nand _five_.\n\n" +
    "- a list that is long\n- another\n\n```sh runnable\nicecore  ls x_y_z\n```\n\n" +
    "| a | b |\n| - | - |\n| 1 | 2 |\n\n![picture](x.png)\n\n## Six\n";
  assert.equal(
    terminalPage(page, { width: 16, color: false }),
    "ONE\n\nSee two,\n--three, four\nand five.\n\n- a list that is\n  long\n- another\n\n" +
      "    icecore  ls x_y_z\n\n| a | b |\n| 1 | 2 |\n\nSix",
  );
});
