import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, writeFileSync } from "node:fs";
import { readExcludeFile } from "../../source/exclude_file.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

/** Lines of a file, and the names that they leave out, by the one and by the other. */
const LINES = [
  "#*#",
  "# comment",
  "#",
  "#kept",
  "*.tmp  ",
  "tail \t ",
  "cr\r",
  "  lead",
  "   ",
  "",
  "na?ve",
  "[ab]c",
  "[!x]d",
  "caf\xe9",
  "umlaut-ä",
  "quoted\\*",
  "a b",
];

const NAMES = [
  "#auto#",
  "#kept",
  "x.tmp",
  "x.tmp  ",
  "tail",
  "tail \t",
  "cr",
  "cr\r",
  "  lead",
  "lead",
  "naive",
  "ac",
  "xc",
  "ad",
  "xd",
  "caf\xe9",
  "umlaut-ä",
  "quoted*",
  "quotedx",
  "a b",
  "plain",
];

/** As bytes: text but for one name, which is latin1. */
const bytesOf = (text: string) => Buffer.from(text, text.includes("\xe9") ? "latin1" : "utf8");

testWith(
  { programs: ["tar"] },
  "a file of patterns leaves out what tar -X leaves out",
  () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(`${folder}/source/below`, { recursive: true });
      for (const name of NAMES) {
        for (const place of ["", "below/"]) {
          const path = Buffer.concat([Buffer.from(`${folder}/source/${place}`), bytesOf(name)]);
          writeFileSync(path, "");
        }
      }
      const newline = Buffer.from("\n");
      const lines = LINES.flatMap((line) => [bytesOf(line), newline]);
      writeFileSync(`${folder}/patterns`, Buffer.concat(lines));
      const made = ["-cf", `${folder}/t.tar`, "-X", `${folder}/patterns`, "-C", `${folder}/source`];
      output("tar", [...made, "."]);
      const listed = output("tar", ["-tf", `${folder}/t.tar`, "--quoting-style=escape"]);
      const byTar = listed.split("\n").map((path) => path.slice(2).replace(/\/$/, ""))
        .filter((path) => path !== "");
      const { names } = await scan([`${folder}/source/.`], {
        exclude: readExcludeFile(`${folder}/patterns`),
      });
      const escaped = names.map((name) =>
        [...name].map((letter) =>
          letter === "\t"
            ? "\\t"
            : letter === "\r"
            ? "\\r"
            : letter <= "~"
            ? letter
            : `\\${letter.charCodeAt(0).toString(8)}`
        ).join("").replaceAll(" ", "\\ ")
      );
      assert.deepEqual(escaped.sort(), byTar.map((path) => path.replaceAll(" ", "\\ ")).sort());
      assert.ok(names.includes("plain") && names.includes("quotedx"));
    }),
);

Deno.test("a comment begins with # and a blank; a backslash keeps a blank at the end", () =>
  inTemporaryFolder((folder) => {
    const read = (text: string) => {
      writeFileSync(`${folder}/patterns`, text);
      return readExcludeFile(`${folder}/patterns`);
    };
    assert.deepEqual(read("# c\n#\tc\n#\n#c\n\\# c"), ["#c", "\\# c"]);
    assert.deepEqual(read("a\\ \nb\\\\ \nc\\  \n\n \n\r\nd"), ["a\\ ", "b\\\\", "c\\ ", "d"]);
    assert.throws(() => readExcludeFile(folder), { code: "exclude-from" });
  }));
