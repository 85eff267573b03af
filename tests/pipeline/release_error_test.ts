import assert from "node:assert/strict";
import { exitCodeOf } from "../../cli/exit_codes.ts";
import { type BuildEvent, InterruptedError, UsageError } from "../../mod.ts";
import { ReleaseError } from "../../pipeline/build_errors.ts";
import { fakeMachine, pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

/** A step whose release fails, and which may fail itself. */
const stuck = (run: () => void = () => {}) =>
  step("stuck", {
    run(_, { defer }) {
      defer(() => {
        throw new Error("cannot unmount /mnt: it is busy.");
      });
      run();
    },
  });

const endings: readonly (readonly [
  what: string,
  run: (stop: AbortController) => void,
  says: string,
  code: string,
  exitCode: number,
])[] = [
  [
    "fails",
    () => {
      throw new Error("the disk is full");
    },
    "step stuck failed: the disk is full. Then: ",
    "step-failed",
    1,
  ],
  [
    "fails by what it received",
    () => {
      throw new UsageError("cannot use x: it is invalid. Use y.", "bad-x");
    },
    "step stuck failed: cannot use x: it is invalid. Use y. Then: ",
    "step-failed",
    2,
  ],
  [
    "is interrupted",
    (stop) => stop.abort(new InterruptedError("SIGTERM")),
    "interrupted by SIGTERM. Then: ",
    "interrupted",
    130,
  ],
  ["succeeds", () => {}, "", "release-failed", 1],
];

for (const [what, run, says, code, exitCode] of endings) {
  Deno.test(`where nothing can be cleaned up after a build that ${what}, both are reported`, async () => {
    const stop = new AbortController();
    const events: BuildEvent[] = [];
    const statuses: string[] = [];
    const listener = step("listener", { ended: ({ status }) => void statuses.push(status) });
    const building = pipelineOf([stuck(() => run(stop)), seal, listener]).run({
      ...REQUEST,
      signal: stop.signal,
      emit: (event) => events.push(event),
    });
    const message = `${says}cannot clean up: cannot unmount /mnt: it is busy. Run: icecore clean`;
    await assert.rejects(building, (error) => {
      assert.ok(error instanceof ReleaseError);
      assert.equal(error.message, message);
      assert.equal(error.code, code);
      assert.equal(exitCodeOf(error), exitCode);
      return true;
    });
    const last = events.at(-1);
    assert.ok(last?.type === "build-failed");
    assert.deepEqual({ code: last.code, message: last.message }, { code, message });
    assert.deepEqual(statuses, [what === "is interrupted" ? "interrupted" : "failed"]);
  });
}

Deno.test("secrets are hidden in what releases throw, too", async () => {
  const machine = fakeMachine();
  const leaking = step("leaking", {
    options: { key: { type: "string", help: "h", secret: true } },
    run: (_, { defer }) =>
      defer(() => {
        throw new Error("cannot log out with hunter2-hunter2");
      }),
  });
  const pipeline = pipelineOf([leaking, seal], machine).with("leaking", { key: "hunter2-hunter2" });
  await assert.rejects(pipeline.run(REQUEST), (error) => {
    assert.ok(error instanceof ReleaseError);
    const all = [error.message, ...error.errors.map((each) => String(each))].join("\n");
    assert.ok(all.includes("***") && !all.includes("hunter2"), all);
    return true;
  });
});
