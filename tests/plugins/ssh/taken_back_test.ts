import assert from "node:assert/strict";
import type { Step } from "../../../mod.ts";
import { said } from "../../support/messages.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { FORMS } from "../building.ts";
import { failing } from "../neighbours.ts";
import { POSIX, SSH } from "./far_side.ts";
import { storedIn, withFar } from "./with_far.ts";

for (const form of FORMS) {
  testWith(
    SSH,
    `when a step behind it fails, what was copied is removed (${form} form)`,
    async () => {
      await withFar({ programs: POSIX }, async (run) => {
        let seen: string[] = [];
        const look: Step = { ...failing, name: "look", run: () => void (seen = storedIn(run.lab)) };
        await assert.rejects(
          run.build({}, { form, used: [[look], [failing]] }),
          /step failing failed: no/,
        );
        assert.deepEqual(seen, ["out.img", "out.img.sha512"], "it was there");
        assert.deepEqual(storedIn(run.lab), []);
      });
    },
  );
}

testWith(SSH, "Ctrl-C behind it removes what was copied", async () => {
  await withFar({ programs: POSIX }, async (run) => {
    const controller = new AbortController();
    const stop: Step = { name: "stop", shell: false, run: () => controller.abort() };
    const request = { signal: controller.signal };
    await assert.rejects(run.build({}, { used: [[stop]], request }), { code: "interrupted" });
    assert.deepEqual(storedIn(run.lab), []);
  });
});

testWith(
  SSH,
  "what may have replaced another file stays, and it is said how to remove it",
  async () => {
    await withFar({ programs: POSIX }, async (run) => {
      await assert.rejects(
        run.build({ overwrite: true }, { used: [[failing]] }),
        /step failing failed: no/,
      );
      assert.deepEqual(storedIn(run.lab), ["out.img", "out.img.sha512"]);
      assert.match(
        said(run),
        /far\/out\.img, .*out\.img\.sha512 stays there: it may have replaced another.* To remove it: ssh \S+ 'rm -- /,
      );
    });
  },
);
