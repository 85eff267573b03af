/**
 * Lines as people type them who know tar, restic, borg, docker or git, or mistype: each is answered
 * with what happened and what to do. `lines.txt` holds them, each with its exit code and the end of
 * what is to be said.
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extractOptionNames } from "@optique/core/usage";
import { loadCommands } from "../../../cli/load_commands.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { type Answer, runLines } from "./run_lines.ts";

const TABLE = new URL("./lines.txt", import.meta.url);

/** A line, and what is to come of it. */
interface Typed {
  readonly line: string;
  readonly code: number;
  readonly said: string;
}

const table: readonly Typed[] = readFileSync(TABLE, "utf8").trimEnd().split(/\n(?=icecore )/)
  .map((entry) => {
    const [line, answer] = entry.replace(/^icecore /, "").split("\n  ");
    const [, code, said] = /^(\d+) ([^]*)$/.exec(answer!)!;
    return { line: line!, code: Number(code), said: said! };
  });

/** Words as a shell makes them of a line; quotes keep blanks. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** What becomes of all lines, where there are images and folders that they speak of. */
async function answers(): Promise<readonly Answer[]> {
  let found: readonly Answer[] = [];
  await inTemporaryFolder(async (folder) => {
    for (const each of ["photos/2024", "backup", "mnt"]) {
      mkdirSync(`${folder}/${each}`, { recursive: true });
    }
    for (const each of ["photos/2024/ice.jpg", "photos/notes.txt", "a.tmp", "b.tmp"]) {
      writeFileSync(`${folder}/${each}`, `${each}\n`);
    }
    const settings = '[job.srv]\nsources = ["photos"]\nto = "backup"\n';
    writeFileSync(`${folder}/icecore.toml`, settings);
    const [built] = await runLines([["build", "photos", "-q"]], folder);
    assert.equal(built?.code, 0, built?.stderr);
    copyFileSync(`${folder}/photos.img`, `${folder}/old.img`);
    found = await runLines(table.map(({ line }) => wordsOf(line)), folder);
  });
  return found;
}

Deno.test("a mistyped line is answered with what to do", async (context) => {
  assert.ok(table.length > 300, String(table.length));
  const all = await answers();
  for (const [index, { line, code, said }] of table.entries()) {
    await context.step(`icecore ${line}`, () => {
      const answer = all[index]!;
      assert.equal(answer.code, code, answer.stderr);
      assert.ok(answer.stderr.includes(said), `${answer.stderr}\nmisses: ${said}`);
      assert.match(answer.stderr, /^(\d{4}-\S+Z )?icecore: /);
    });
  }
});

Deno.test("what such answers name exists", async () => {
  const commands = await loadCommands();
  const all = new Set(
    Object.values(commands).flatMap(({ parser }) => [...extractOptionNames(parser.usage)]),
  );
  const typedOptions = new Set(table.flatMap(({ line }) => line.match(/--[a-z-]+/g) ?? []));
  for (const { line, said } of table) {
    for (const [option] of said.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)) {
      const isOurs = all.has(option as `--${string}`) || ["--help", "--version"].includes(option);
      assert.ok(
        isOurs || said.includes("sha256sum") || typedOptions.has(option),
        `${line}: ${said}`,
      );
    }
    for (const [, command] of said.matchAll(/\bicecore ([a-z][a-z-]*) /g)) {
      const isOurs = Object.hasOwn(commands, command!) || command === "help";
      assert.ok(isOurs || command === "split", `${line}: ${said}`);
    }
  }
});
