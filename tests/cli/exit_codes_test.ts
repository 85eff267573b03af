import assert from "node:assert/strict";
import { exitCodeOf, exitCodes } from "../../cli/exit_codes.ts";
import { StepError, UsageError, VerificationError } from "../../mod.ts";
import { ReleaseError } from "../../pipeline/build_errors.ts";
import { icecoreOutput } from "../support/programs/run_icecore.ts";

const COMMANDS =
  "build verify info ls cat find extract diff export join mount umount steps recipe " +
  "new-step doctor clean";

Deno.test("every command's help lists its exit codes, interruption among them", async () => {
  const all = COMMANDS.split(" ");
  const helps = await Promise.all(all.map((command) => icecoreOutput(["help", command])));
  for (const [i, help] of helps.entries()) {
    const [, codes] = /Exit codes: ([^]*)\.\n$/.exec(help) ?? [];
    assert.match(codes ?? "", /^0 .*1 .*2 usage,.*\s130 interrupted$/s, all[i]);
  }
  const codesOf = (name: string) => helps[all.indexOf(name)]!.match(/(?<=[:,]\s)\d+(?= )/g);
  assert.deepEqual(codesOf("build"), ["0", "1", "2", "3", "130"]);
  assert.deepEqual(codesOf("verify"), ["0", "1", "2", "4", "130"]);
});

Deno.test("a list of exit codes is broken between codes, where a line gets too long", () => {
  assert.deepEqual(exitCodes(), ["Exit codes: 0 done, 1 failed, 2 usage, 130 interrupted."]);
  const lines = exitCodes({ lossy: "done, but ".repeat(8) });
  assert.equal(lines.length, 3);
  assert.match(lines[1]!, /^3 done, but done/);
  assert.equal(lines[2], "130 interrupted.");
});

Deno.test("the exit code is that of the cause, also when cleaning up failed besides", () => {
  const cause = new VerificationError("not the same");
  assert.equal(exitCodeOf(new StepError("pack", cause)), 4);
  assert.equal(exitCodeOf(new ReleaseError([new Error("busy")], { cause })), 4);
  assert.equal(exitCodeOf(new ReleaseError([new Error("busy")])), 1);
  assert.equal(exitCodeOf(new UsageError("no")), 2);
  assert.equal(exitCodeOf("anything"), 1);
});
