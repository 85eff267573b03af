import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { Lab } from "../../faults/lab.ts";
import type { Step } from "../../../mod.ts";
import { testWith } from "../../support/requirements.ts";
import { FORMS } from "../building.ts";
import { POSIX, SSH } from "./far_side.ts";
import { assertStored, storedIn, withFar } from "./with_far.ts";

const putPrecious = (lab: Lab) => writeFileSync(lab.at("far/out.img"), "precious");

function assertPrecious(lab: Lab): void {
  assert.deepEqual(storedIn(lab), ["out.img"]);
  assert.equal(readFileSync(lab.at("far/out.img"), "utf8"), "precious");
}

for (const form of FORMS) {
  testWith(
    SSH,
    `a file that is there already is not overwritten, but on request (${form} form)`,
    async () => {
      await withFar({ programs: POSIX }, async ({ lab, build }) => {
        putPrecious(lab);
        await assert.rejects(
          build({}, { form }),
          /there is a file of that name already\. Choose another/,
        );
        assertPrecious(lab);
        await build({ overwrite: true }, { form });
        assertStored(lab);
      });
    },
  );
}

testWith(SSH, "a file that appears during the copy is not overwritten", async () => {
  await withFar({ programs: POSIX }, async ({ lab, build }) => {
    const other: Step = {
      name: "other",
      after: "hash",
      passive: true,
      run: () => putPrecious(lab),
    };
    await assert.rejects(
      build({}, { used: [[other]] }),
      /there is a file of that name already/,
    );
    assertPrecious(lab);
  });
});
