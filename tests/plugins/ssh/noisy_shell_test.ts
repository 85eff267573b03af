import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { assertNothingBuilt } from "../../faults/lab.ts";
import { said } from "../../support/messages.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { FORMS } from "../building.ts";
import { POSIX, replaceProgram, RSYNC, WITH_RSYNC } from "./far_side.ts";
import { addLarge, assertStored, programsRun, storedIn, withFar } from "./with_far.ts";

/** A `.bashrc` counts only where it is bash that starts. */
const BASH = userInfo().shell?.endsWith("/bash") === true ? RSYNC : { programs: ["bash as shell"] };

const NOISES: Readonly<Record<string, string>> = {
  "a line": "echo Welcome",
  "half a line": "printf Welcome",
  "an empty line": "echo",
  "much": "i=0; while [ $i -lt 20000 ]; do echo Welcome; i=$((i+1)); done",
};

for (const form of FORMS) {
  for (const [what, bashrc] of Object.entries(NOISES)) {
    testWith(
      BASH,
      `an account whose shell prints ${what} takes what is sent (${form} form)`,
      async () => {
        await withFar({ programs: WITH_RSYNC, bashrc }, async (run) => {
          addLarge(run.lab);
          await run.build({}, { form });
          assertStored(run.lab);
          assert.deepEqual(programsRun(run), ["ssh"]);
          assert.match(said(run), /the account prints something whenever its shell starts/);
        });
      },
    );
  }
}

testWith(BASH, "a copy by cat that breaks starts over", async () => {
  const cut = { afterBytes: 5_000_000, times: 1 };
  await withFar({ programs: POSIX, bashrc: "echo Welcome", cut }, async (run) => {
    addLarge(run.lab);
    await run.build({}, { form: "file" });
    assertStored(run.lab);
    assert.match(said(run), /the copy starts over/);
  });
});

testWith(BASH, "a shell that ends before it runs anything is refused beforehand", async () => {
  await withFar({ programs: POSIX, bashrc: "echo Closed; exit 0" }, async ({ lab, build }) => {
    await assert.rejects(build(), /the account there runs no commands/);
    await assertNothingBuilt(lab);
  });
});

testWith(RSYNC, "the words of a program that fails are shown", async () => {
  await withFar({ programs: WITH_RSYNC }, async ({ lab, far, build }) => {
    replaceProgram(far, "rsync", "echo 'rsync here is broken' >&2; exit 5");
    await assert.rejects(build({}, { form: "file" }), /rsync here is broken/);
    assert.deepEqual(storedIn(lab), []);
    await assertNothingBuilt(lab);
  });
});
