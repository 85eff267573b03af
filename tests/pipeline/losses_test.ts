import assert from "node:assert/strict";
import { withProblems } from "../../pipeline/image.ts";
import type { ProblemKind } from "../../pipeline/problem.ts";
import {
  fakeMachine,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "./fake_machine.ts";

const losses: Readonly<Record<ProblemKind, boolean>> = {
  unreadable: true,
  vanished: true,
  changed: true,
  unsupported: true,
  altered: false,
  skipped: false,
};

const isSo = (kind: string) =>
  step("reporting", {
    run: (image) =>
      withProblems(image, [{
        kind: kind as ProblemKind,
        path: "/srv/a",
        reason: "it is so",
      }]),
  });

for (const [kind, isLoss] of Object.entries(losses)) {
  Deno.test(`a file that was ${kind} ${isLoss ? "is" : "is not"} a loss`, async () => {
    const { lossy } = await pipelineOf([isSo(kind), seal]).run(REQUEST);
    assert.equal(lossy, isLoss);
  });

  Deno.test(`with strict, a file that was ${kind} ${isLoss ? "fails" : "does not fail"} the build`, async () => {
    const machine = fakeMachine();
    const strict = pipelineOf([isSo(kind), seal], machine).run({
      ...REQUEST,
      strict: true,
    });
    if (isLoss) {
      await assert.rejects(strict, {
        code: "source-lost",
        message:
          "cannot store everything: /srv/a: it is so. A strict build leaves no image; " +
          "build again when the source is at rest, or not strictly.",
      });
    } else {
      assert.equal((await strict).lossy, false);
    }
    assert.equal(
      machine.calls.at(-1)?.split(" ")[0],
      isLoss ? "discard" : "settle",
    );
  });
}
