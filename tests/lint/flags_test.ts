/**
 * Messages of the library do not speak of the command line's flags: a program has none. Which flag
 * helps with an error says `cli/output/flags.ts`.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { repositoryRoot, sourceFiles } from "./source_files.ts";

/** The flags of all commands, as they are declared. */
const flags = new Set(
  sourceFiles(repositoryRoot).filter((file) => file.startsWith("cli/"))
    .flatMap((file) => [
      ...readFileSync(`${repositoryRoot}/${file}`, "utf8")
        .matchAll(/\boption\(\s*((?:"-{1,2}[\w-]+",\s*)+)/g),
    ])
    .flatMap(([, names]) => [...names!.matchAll(/"(-{1,2}[\w-]+)"/g)].map(([, name]) => name!)),
);

/** Command lines of other programs, up to where the sentence goes on: their flags are their own. */
const COMMANDS = /\b(?:sudo (?!icecore)|(?:age|gpg|lzop|zstd) -)(?:(?!\. )[^"'`,;])*/g;

/** Flags within a sentence: an argv has each in a string of its own. */
function flagsIn(text: string): string[] {
  const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, "").replace(COMMANDS, "");
  return [...code.matchAll(/[\s(](--?[a-z][\w-]*)(?=[\s.,;:)="'`])/g)].map(([, name]) => name!)
    // Other programs have flags of one letter as well.
    .filter((name) => flags.has(name) && (name === "-o" || name.startsWith("--")));
}

Deno.test("no message below the command line speaks of a flag", () => {
  assert.ok(flags.has("--force") && flags.has("-o") && flags.size > 20, [...flags].join(" "));
  const found = sourceFiles(repositoryRoot)
    .filter((file) =>
      /^(image|loading|steps|source|pipeline|host|ext4|plugins|serve|volumes)\//.test(file)
    )
    .flatMap((file) =>
      flagsIn(readFileSync(`${repositoryRoot}/${file}`, "utf8")).map((flag) => `${file}: ${flag}`)
    );
  assert.deepEqual(found, [], "say it in words, and name the flag in cli/output/flags.ts");
});

Deno.test("a flag in a message is seen, in a comment and in an argv it is not", () => {
  assert.deepEqual(flagsIn('  "Replace it with --force, or choose another name with -o.",'), [
    "--force",
    "-o",
  ]);
  assert.deepEqual(flagsIn("  // With --force it is replaced.\n  /** With -o. */"), []);
  assert.deepEqual(flagsIn('["mount", "-o", "loop", "--force"]'), []);
});

Deno.test("a flag in another program's command line is not ours, one behind it is", () => {
  assert.deepEqual(flagsIn('"Unpack it with zstd -d -o ${out} ${file}"'), []);
  assert.deepEqual(flagsIn('"Mount it with sudo mount -o ro, or add --force."'), ["--force"]);
  assert.deepEqual(flagsIn('"Run sudo mount -o ro. Or add --force."'), ["--force"]);
  assert.deepEqual(flagsIn('"Run sudo icecore build --force."'), ["--force"]);
});
