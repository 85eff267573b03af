import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { loadCommands } from "../../../cli/load_commands.ts";
import { about } from "../../../cli/manual/about.ts";
import { manPage } from "../../../cli/manual/man_page.ts";
import { commandPages, manualPages } from "../../../cli/manual/manual.ts";
import { tried } from "../../../release/run.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const EDITION = { version: "1.2.3", date: "2026-01-01" };

Deno.test("each command has a page, with a synopsis, its options and its exit codes", async () => {
  const pages = commandPages(await loadCommands());
  assert.ok(pages.some(({ name }) => name === "recipe schema"));
  for (const name of Object.keys(await loadCommands())) {
    assert.ok(pages.some((page) => page.name === name));
  }
  for (const { name, brief, synopsis, sections } of pages) {
    assert.match(brief, /^[A-Z].*\.$/, name);
    assert.ok(synopsis.startsWith(`icecore ${name}`), synopsis);
    for (const { term, text } of sections.flatMap(({ entries }) => entries)) {
      assert.ok(term !== "" && text !== "", `${name}: ${term}`);
    }
  }
});

Deno.test("a page says what the definition says, and no text of it is a command of roff", () => {
  const page = manPage({
    name: "lay",
    brief: "Lay eggs.",
    synopsis: "icecore lay [OPTION]... NEST",
    description: ".hidden\nback\\slash 'quoted'",
    sections: [{ title: "How", entries: [{ term: "-n, --number N", text: "How many." }] }],
    examples: ["icecore lay nest -n 3"],
    notes: ["Exit codes: 0 done, 1 failed."],
  }, EDITION);
  assert.equal(
    page,
    `.TH ICECORE-LAY 1 2026-01-01 "icecore 1.2.3" "User commands"
.nh
.ad l
.SH NAME
icecore\\-lay \\- Lay eggs
.SH SYNOPSIS
.B icecore lay [OPTION]... NEST
.SH DESCRIPTION
\\&.hidden
.br
back\\(rsslash 'quoted'
.SH OPTIONS
.SS How
.TP
.B \\-n, \\-\\-number N
How many.
.SH EXAMPLES
.nf
icecore lay nest \\-n 3
.fi
.SH EXIT STATUS
0 done, 1 failed.
.SH SEE ALSO
.BR icecore (1)
`,
  );
});

testWith({ programs: ["man"] }, "man formats every page without a warning", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const [name, text] of manualPages(await loadCommands(), about, EDITION)) {
      writeFileSync(`${folder}/${name}`, text);
      const argv = ["man", "--warnings", "--local-file", `${folder}/${name}`];
      const { code, stdout, stderr } = tried(argv, { env: { MANWIDTH: "80", LC_ALL: "C.UTF-8" } });
      assert.deepEqual([code, stderr], [0, ""], name);
      assert.match(stdout, /^NAME$/m);
      assert.match(stdout, /^EXIT STATUS$|^SEE ALSO$/m);
    }
  });
});
