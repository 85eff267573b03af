import assert from "node:assert/strict";
import { asMeant } from "../../../cli/arguments/habits.ts";
import { loadCommands } from "../../../cli/load_commands.ts";

const commands = await loadCommands();

const usages = Object.fromEntries(
  Object.entries(commands).map(([name, { parser }]) => [name, parser.usage]),
);

/** What is typed, and what the parser reads. */
const lines: readonly (readonly [typed: string, meant: string])[] = [
  ["-h", "--help"],
  ["-V", "--version"],
  ["build -h", "build --help"],
  ["build photos -o x.img -h", "build --help"],
  ["build photos --exclude -h", "build photos --exclude -h"],
  ["build photos -- -h", "build photos -- -h"],
  ["ls -h x.img", "ls -h x.img"],
  ["ls -lh x.img", "ls -lh x.img"],
  ["find x.img -h", "find --help"],
  ["build photos -ox.img", "build photos -o x.img"],
  ["build photos -o x.img", "build photos -o x.img"],
  ["build photos -o -", "build photos -o -"],
  ["build photos -o-", "build photos -o -"],
  ["build photos -o -ox.img", "build photos -o -ox.img"],
  ["extract x.img -o/tmp/y", "extract x.img -o /tmp/y"],
  ["build photos --label -ox", "build photos --label -ox"],
  ["build -- -ox", "build -- -ox"],
  ["ls x.img -lR", "ls x.img -lR"],
  ["nonsense -h", "nonsense -h"],
  ["recipe show -h", "recipe show --help"],
];

for (const [typed, meant] of lines) {
  Deno.test(`icecore ${typed} means icecore ${meant}`, () => {
    assert.deepEqual(asMeant(typed.split(" "), usages), meant.split(" "));
  });
}
