import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { checkArguments } from "../../../cli/arguments/check_arguments.ts";
import { icecoreArgv, inLab } from "../../faults/lab.ts";

const nothingTyped = () => [];

Deno.test("an empty argument is refused, wherever it stands", () => {
  for (
    const args of [[""], ["mount", "x.img", ""], ["build", "a", "-o", ""], [
      "find",
      "--name=",
    ]]
  ) {
    assert.throws(() => checkArguments(args, nothingTyped), {
      code: "empty-argument",
    });
  }
});

Deno.test("an empty label is one, and an empty value of an option of a step", () => {
  const settings = ["--set", "age.recipient="];
  for (
    const args of [["--label", ""], ["--label="], settings, [
      "--set=age.recipient=",
    ]]
  ) {
    checkArguments(["build", "a", ...args], nothingTyped);
  }
});

Deno.test("a name that holds the replacement character itself is a name", () => {
  checkArguments(
    ["build", "a\ufffd"],
    () => [new TextEncoder().encode("a\ufffd")],
  );
  assert.throws(
    () => checkArguments(["a\ufffd"], () => [Uint8Array.of(0x61, 0xff)]),
    {
      code: "not-utf8",
      message:
        /^cannot use the argument a\\377: it is not UTF-8, .*symbolic link/,
    },
  );
});

Deno.test("a folder whose name is not UTF-8 is named as it was typed", async () => {
  await inLab((lab) => {
    // A shell, since arguments are handed on as text here as well.
    const script = `exec "$@" "$(printf 'nu\\377')"`;
    const { status, stderr } = spawnSync("sh", [
      "-c",
      script,
      "sh",
      ...icecoreArgv(["build"]),
    ], {
      cwd: lab.folder,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    assert.match(
      stderr,
      /^icecore: cannot use the argument nu\\377: it is not UTF-8/,
    );
    assert.equal(status, 2);
  });
});

Deno.test("a build within a folder whose path is not UTF-8 is refused with a way out", async () => {
  await inLab((lab) => {
    const script = `cd "$(printf 'nu\\377')" && exec "$@"`;
    spawnSync("sh", ["-c", `mkdir "$(printf 'nu\\377')"`], { cwd: lab.folder });
    const args = icecoreArgv(["build", ".", "-o", lab.at("x.img")]);
    const { status, stderr } = spawnSync("sh", ["-c", script, "sh", ...args], {
      cwd: lab.folder,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    assert.match(
      stderr,
      /^icecore: cannot build in the current folder: its path is not UTF-8\. Go elsewhere/,
    );
    assert.equal(status, 2);
  });
});
