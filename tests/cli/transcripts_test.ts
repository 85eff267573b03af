/**
 * What icecore says, word for word: each row is a command line, and what it prints.
 */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import configuration from "../../deno.json" with { type: "json" };
import { icecore, inLab, type Lab } from "../faults/lab.ts";
import { imageBytes, planOf } from "../support/images/write_image.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

interface Transcript {
  readonly args: readonly string[];
  /** What there is, where the words do not say. */
  readonly given?: string;
  readonly code: number;
  /** All of it, or a part. */
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
  readonly before?: (lab: Lab) => void;
}

/** An image without a record: nothing in it says what its contents should be. */
function plainImage(): Uint8Array {
  const tree = buildTree(folder({ note: file("An ice core never changes.") }));
  return imageBytes(tree, planOf(tree, { hasRecord: false }));
}

const HELP =
  /^A folder as one small, read-only, checksummed ext4 image\.\nUsage: icecore COMMAND \[ARGUMENT\.\.\.\]\n\n {2}build /;

const transcripts: readonly Transcript[] = [
  { args: ["--version"], code: 0, stdout: `icecore ${configuration.version}\n`, stderr: "" },
  { args: ["--help"], code: 0, stdout: HELP, stderr: "" },
  { args: ["help"], code: 0, stdout: HELP, stderr: "" },
  {
    args: ["build", "--help"],
    code: 0,
    stdout: /Examples:\n( {2}icecore build .*\n)+Exit codes: 0 done, 1 failed, 2 usage/,
    stderr: "",
  },
  ...["verify", "steps", "doctor", "clean"].map((command): Transcript => ({
    args: [command, "--help"],
    code: 0,
    stdout: new RegExp(
      `Usage: (sudo )?icecore ${command} .*Examples?:\n +(sudo )?icecore ${command}`,
      "s",
    ),
    stderr: "",
  })),
  { args: [], code: 2, stdout: "", stderr: HELP },
  { args: ["-h"], code: 0, stdout: HELP, stderr: "" },
  { args: ["-V"], code: 0, stdout: `icecore ${configuration.version}\n`, stderr: "" },
  {
    args: ["biuld", "source"],
    code: 2,
    stdout: "",
    stderr: "icecore: `biuld` is not a command of icecore.\nDid you mean `build`?\n" +
      "See: icecore --help\n",
  },
  {
    args: ["build", "source", "--forec"],
    code: 2,
    stdout: "",
    stderr: "icecore: `--forec` is not an option of icecore build.\nDid you mean --force?\n" +
      "See: icecore build --help\n",
  },
  {
    args: ["build", "source", "--recpie=native"],
    code: 2,
    stdout: "",
    stderr: /\nDid you mean --recipe\?\nSee: icecore build --help\n$/,
  },
  ...[
    ["find", "x.img", "-name", "--name"],
    ["build", "source", "-V", "--version"],
  ].map((words): Transcript => ({
    args: words.slice(0, -1),
    code: 2,
    stdout: "",
    stderr: new RegExp(`\nDid you mean ${words.at(-1)}\\?\nSee: icecore `),
  })),
  {
    args: ["--quiet", "build", "source"],
    code: 2,
    stdout: "",
    stderr: "icecore: `--quiet` is not an option of icecore.\n" +
      "Options come behind the command, as in: icecore build --quiet\nSee: icecore --help\n",
  },
  {
    args: ["help", "biuld"],
    code: 2,
    stdout: "",
    stderr: "icecore: `biuld` is neither a command nor a topic.\nDid you mean `build`?\n" +
      "See: icecore --help\n",
  },
  {
    args: ["ls"],
    code: 2,
    stdout: "",
    stderr: "icecore: No `IMAGE` is named.\nUsage: icecore ls [OPTION]... IMAGE [PATH...]\n" +
      "See: icecore ls --help\n",
  },
  {
    args: ["build", "source", "--frobnicate"],
    code: 2,
    stdout: "",
    stderr:
      "icecore: `--frobnicate` is not an option of icecore build.\nSee: icecore build --help\n",
  },
  {
    args: ["build"],
    code: 2,
    stdout: "",
    stderr: "icecore: No SOURCE is named. Name a folder, as in: icecore build /srv/photos\n" +
      "See: icecore build --help\n",
  },
  {
    args: ["build", "source", "--hash", "crc"],
    code: 2,
    stdout: "",
    stderr:
      'icecore: `--hash`: Expected one of "sha512", "sha384", "sha256", "sha224", "sha1", and ' +
      '"md5", but got "crc".\nSee: icecore build --help\n',
  },
  {
    args: ["steps", "scna"],
    code: 2,
    stdout: "",
    stderr:
      'icecore: cannot show the step "scna": there is no step of that name. Did you mean scan?\n',
  },
  {
    args: ["steps"],
    code: 0,
    stdout: /^native: .*\n {2}scan .*e2fsprogs: .*\n {2}shrink +make it as small as it can be/s,
    stderr: "",
  },
  {
    args: ["steps", "hash"],
    code: 0,
    stdout: /hash\.algorithm {2}.* \(sha512, .*; default sha512\)/,
  },
  {
    args: ["steps", "s3"],
    code: 0,
    stdout: /s3\.to {2}where to: .* \(required\)\n.*partSize .* \(from 5M to 5G; default 8M\)\n/s,
  },
  { args: ["steps", "s3", "--json"], code: 0, stdout: /^\{"type":"plugins".*\}\n$/, stderr: "" },
  { args: ["steps", "--json"], code: 0, stdout: /^\{"type":"recipe","name":"native"/, stderr: "" },
  { args: ["help", "recipe", "show"], code: 0, stdout: /^Print a recipe/, stderr: "" },
  {
    args: ["help", "build", "extra"],
    code: 2,
    stdout: "",
    stderr: /^icecore: cannot explain extra: icecore build has no such command\. Leave it out: /,
  },
  {
    args: ["doctor"],
    code: 0,
    stdout: /^ok +Linux on x64 or arm64 +yes\n.*\n\nrecipe native: works\n/s,
    stderr: "",
  },
  {
    args: ["doctor", "--json"],
    code: 0,
    stdout: /^\{"type":"diagnosis","findings":\[/,
    stderr: "",
  },
  {
    args: ["verify", "missing.img"],
    code: 1,
    stdout: "",
    stderr: /^icecore: cannot read missing\.img: it does not exist\. Check the path\.\n$/,
  },
  {
    args: ["verify", "source"],
    code: 1,
    stdout: "",
    stderr:
      /^icecore: cannot read source: it is a folder\. Name an image in it\. .*--all source\n$/,
  },
  {
    args: ["verify", "plain.img"],
    code: 1,
    stdout: "",
    stderr: /there is no side file plain\.img\.sha512 beside it\. Put it there/,
    given: "no side file",
    before: (lab) => writeFileSync(lab.at("plain.img"), plainImage()),
  },
  {
    args: ["verify", "plain.img"],
    code: 1,
    stdout: "",
    stderr: /no line in it is a digest of plain\.img\. It must be as sha512sum writes it/,
    given: "an invalid side file",
    before(lab) {
      writeFileSync(lab.at("plain.img"), plainImage());
      writeFileSync(lab.at("plain.img.sha512"), "junk\n");
    },
  },
  {
    args: ["verify", "plain.img"],
    code: 4,
    stdout: "",
    stderr:
      /cannot trust plain\.img: its sha512 is [0-9a-f]{128}, and plain\.img\.sha512 says 0{128}\. /,
    given: "a side file with another digest",
    before(lab) {
      writeFileSync(lab.at("plain.img"), plainImage());
      writeFileSync(lab.at("plain.img.sha512"), `${"0".repeat(128)}  plain.img\n`);
    },
  },
  {
    args: ["verify", "plain.img", "--json"],
    code: 4,
    stdout: /\n\{"type":"error","code":"verification-failed","message":"cannot trust/,
    before(lab) {
      writeFileSync(lab.at("plain.img"), plainImage());
      writeFileSync(lab.at("plain.img.sha512"), `${"0".repeat(128)}  plain.img\n`);
    },
  },
  ...[["mount", "x.img", ""], ["umount", ""], ["build", ""], ["build", "source", "-o", ""]].map((
    args,
  ): Transcript => ({
    args,
    code: 2,
    stdout: "",
    stderr: /^icecore: cannot use the argument behind [^ ]+: it is empty\. Look whether a/,
  })),
  {
    args: ["build", "source", "--output=", "--json"],
    code: 2,
    stdout: /^\{"type":"error","code":"empty-argument","message":"cannot use the argument of --out/,
  },
  { args: ["build", "source", "--label", "", "--dry-run"], code: 0, stderr: "" },
  {
    args: ["build", "--json"],
    code: 2,
    stdout: '{"type":"error","code":"usage","message":"No SOURCE is named. Name a folder, as in: ' +
      'icecore build /srv/photos\\nSee: icecore build --help"}\n',
    stderr: /^icecore: No SOURCE is named/,
  },
  { args: ["build", "-o", "-", "--json"], code: 2, stdout: "", stderr: /^\{"type":"error"/ },
  { args: ["build", "--", "--json"], code: 1, stdout: "", stderr: /--json: it does not exist/ },
  {
    args: ["completion", "tcsh"],
    code: 2,
    stdout: "",
    stderr: /Unsupported shell "tcsh"\. Available shells: "bash", "fish"/,
  },
];

for (const { args, given, code, stdout, stderr, before } of transcripts) {
  const line = ["icecore", ...args].join(" ");
  Deno.test(`${line} ends with ${code}${given === undefined ? "" : `, given ${given}`}`, async () => {
    await inLab(async (lab) => {
      before?.(lab);
      const ended = await icecore(lab, args, { env: { NO_COLOR: "1" } });
      compare(ended.stdout, stdout);
      compare(ended.stderr, stderr);
      assert.equal(ended.code, code);
    });
  });
}

function compare(said: string, expected: string | RegExp | undefined): void {
  if (expected instanceof RegExp) assert.match(said, expected);
  else if (expected !== undefined) assert.equal(said, expected);
}
