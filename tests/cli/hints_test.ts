import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@optique/core/parser";
import { extractOptionNames } from "@optique/core/usage";
import { loadCommands } from "../../cli/load_commands.ts";
import { repositoryRoot as ROOT, sourceFiles } from "../lint/source_files.ts";
import { literalsOf } from "../support/literals.ts";

const commands = await loadCommands();

const FOLDERS = [
  "cli",
  "ext4",
  "host",
  "image",
  "loading",
  "pipeline",
  "plugins",
  "report",
  "serve",
  "source",
  "steps",
];

type Command = keyof typeof commands;
const READERS: readonly Command[] = [
  "info",
  "report",
  "ls",
  "cat",
  "find",
  "extract",
  "diff",
  "export",
];
const ALL = Object.keys(commands) as Command[];

/** Which commands print the messages of a file: of the first of these that its path begins with. */
const PRINTED_BY: readonly (readonly [prefix: string, commands: readonly Command[]])[] = [
  ["cli/arguments/sample_size.ts", ["verify"]],
  ["cli/verifying/", ["verify"]],
  ["cli/settings/", ["run", "schedule"]],
  ["cli/commands/volume/", ["volume"]],
  ["cli/listing/", ["ls"]],
  ["cli/finding/", ["find"]],
  ["cli/serving/", ["serve"]],
  ["serve/", ["serve"]],
  ["cli/arguments/left_out.ts", ["diff", "verify"]],
  // Each of these asks whether the command has the option.
  ["cli/output/output.ts", ["ls", "find", "extract", "export"]],
  ["cli/mistyped/parse_error.ts", ALL],
  ["cli/mistyped/command_hint.ts", ALL],
  ["cli/main.ts", ALL],
  ["cli/arguments/image_argument.ts", READERS.filter((name) => name !== "diff")],
  ["cli/arguments/salvage.ts", ["ls", "find", "extract", "export"]],
  ["cli/doctor/machine_report.ts", ["doctor"]],
  ["cli/serving/", ["serve"]],
  ["cli/reporting/build_page.ts", ["build"]],
  ["cli/reporting/", ["build", "report"]],
  ["cli/", ["build"]],
  ["image/extract", ["extract"]],
  ["image/verify", ["verify"]],
  ["image/diff", ["diff", "verify"]],
  ["image/mount", ["mount"]],
  ["image/join_parts.ts", ["join"]],
  ["image/", [...READERS, "verify"]],
  ["source/exclude", ["build", "diff", "verify"]],
  ["source/", ["build"]],
  ["loading/", ["build"]],
  ["report/", ["build", "report"]],
  ["steps/", ["build"]],
  ["plugins/", ["build"]],
  ["pipeline/", ["build"]],
  ["host/machine.ts", ["build"]],
  ["host/files/", ["build", "join"]],
  ["host/", ALL],
  ["ext4/", [...READERS, "verify", "mount"]],
];

function printedBy(path: string): readonly Command[] {
  // It describes what build takes.
  if (path === "cli/commands/steps.ts") return ["build"];
  const own = /^cli\/commands\/([a-z_]+)\.ts$/.exec(path)?.[1]?.replace("_", "-");
  if (own !== undefined && Object.hasOwn(commands, own)) return [own as Command];
  return PRINTED_BY.find(([prefix]) => path.startsWith(prefix))![1];
}

/** Hints to what is not ours. */
const OTHERS =
  /(sudo (?!icecore)|gpg -|lzop -)[^,;]*|deno (run|test) .*|bun test .*|\(under Deno: --allow-ffi\)|(compile\.sh|made) (with )?--runtime bun|with --runtime bun|\$\{\} --version|\b(ssh server tar|xargs|unxz|zstd|age|tar) .*|curl --cert|apt-get install --reinstall|--device \/dev\/fuse|^icecore holes.*$/g;

/** What they hold is a program, and a style sheet. */
const NO_MESSAGES = ["cli/building/step_template.ts", "report/html/style.ts"];

interface Literal {
  readonly path: string;
  readonly text: string;
}

/** Texts of the source that people read: with a blank in them. */
function* literals(): Generator<Literal> {
  for (const path of sourceFiles(ROOT)) {
    const isOurs = FOLDERS.some((folder) => path.startsWith(`${folder}/`));
    if (!isOurs || NO_MESSAGES.includes(path)) continue;
    for (const literal of literalsOf(readFileSync(join(ROOT, path), "utf8"))) {
      const text = literal.replace(OTHERS, "");
      if (text.trim().includes(" ")) yield { path, text };
    }
  }
}

/** What goes on behind the program's name where it is not a command line. */
const SENTENCE = [
  ..."a alone and as bug does from has is may on provides reads speaks that with".split(" "),
  // Formats of files.
  "split",
  "verity",
];

/** `icecore COMMAND …` in a text, as far as words, quotes and options go on. */
function commandLines(text: string): string[][] {
  const lines = text.matchAll(/\bicecore ((?:--help|[a-z][a-z-]*)(?: (?:'[^']*'|[^\s()]+))*)/g);
  return [...lines].map(([, line]) => wordsOf(line!)).filter(([name]) => !SENTENCE.includes(name!));
}

function wordsOf(line: string): string[] {
  return line.split(/ +(?=(?:[^']*'[^']*')*[^']*$)/).map((word) => word.replaceAll("'", ""));
}

const found = [...literals()];

Deno.test("messages were found at all, with hints to options and to commands", () => {
  assert.ok(found.filter(({ text }) => /--[a-z]/.test(text)).length > 40);
  assert.ok(found.filter(({ text }) => commandLines(text).length > 0).length > 10);
});

Deno.test("each option that a message names is one of every command that prints it", () => {
  const wrong: string[] = [];
  for (const { path, text } of found) {
    // Their tables hold what other programs have; typed/lines_test.ts looks at what is said of it.
    if (["cli/mistyped/option_hint.ts", "cli/mistyped/command_hint.ts"].includes(path)) continue;
    // What follows a command's name is that command's, and looked at below.
    const own = commandLines(text).reduce((rest, words) => rest.replace(words.join(" "), ""), text);
    for (const [option] of own.matchAll(/(?<![\w-])(--[a-z][a-z-]*|-o)(?![\w-])/g)) {
      if (["--help", "--version"].includes(option)) continue;
      const has = (name: Command) =>
        extractOptionNames(commands[name].parser.usage).has(option as `--${string}`);
      // The table is asked for the flags that a command has.
      if (path === "cli/output/flags.ts" && ALL.some(has)) continue;
      for (const name of printedBy(path)) {
        if (has(name)) continue;
        wrong.push(`${path}: ${name} has no ${option}: ${text}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("each command that a message names exists, with its options", () => {
  const wrong: string[] = [];
  for (const { path, text } of found) {
    for (const [name, ...words] of commandLines(text)) {
      if (name === "--help" || name === "help" || name === "completion") continue;
      if (!Object.hasOwn(commands, name!)) {
        wrong.push(`${path}: icecore ${name}`);
        continue;
      }
      const names = extractOptionNames(commands[name as Command].parser.usage);
      for (const word of words) {
        const option = /^--?[a-z][a-z-]*/.exec(word)?.[0];
        if (option === undefined || option === "--help" || /^-[a-zA-Z]{2,}$/.test(word)) continue;
        if (!names.has(option as `--${string}`)) wrong.push(`${path}: icecore ${name} ${option}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("examples and hints that are whole command lines are understood", () => {
  const whole = found.flatMap(({ path, text }) => {
    const line = /^ {2}icecore (.+)$|See(?: the options)?(?: with)?: icecore (.+)$/.exec(text);
    const words = line === null ? "" : (line[1] ?? line[2])!.replace(/ [|>].*$/, "");
    return words === "" || words.includes("$") ? [] : [{ path, words }];
  });
  assert.ok(whole.length > 20, String(whole.length));
  for (const { path, words } of whole) {
    const [name, ...rest] = wordsOf(words);
    if (!Object.hasOwn(commands, name!) || rest.includes("--help")) continue;
    const result = parse(commands[name as Command].parser as never, [name!, ...rest]) as {
      success: boolean;
      error?: unknown;
    };
    assert.ok(result.success, `${path}: icecore ${words}: ${JSON.stringify(result.error)}`);
  }
});
