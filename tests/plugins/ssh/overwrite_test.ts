import assert from "node:assert/strict";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { Step } from "../../../mod.ts";
import type { Lab } from "../../faults/lab.ts";
import { testWith } from "../../support/programs/requirements.ts";
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

for (const form of FORMS) {
  for (const overwrite of [true, false]) {
    const way = `${form} form, overwrite=${overwrite}`;

    testWith(SSH, `a folder of that name is refused and stays empty (${way})`, async () => {
      await withFar({ programs: POSIX }, async ({ lab, build }) => {
        mkdirSync(lab.at("far/folder"));
        for (const make of [mkdirSync, (path: string) => symlinkSync("folder", path)]) {
          make(lab.at("far/out.img"));
          await assert.rejects(build({ overwrite }, { form }), /there is a folder of that name/);
          assert.deepEqual(storedIn(lab), ["folder", "out.img"]);
          assert.deepEqual(readdirSync(lab.at("far/out.img")), []);
          rmSync(lab.at("far/out.img"), { recursive: true });
        }
      });
    });

    testWith(SSH, `a link that leads nowhere is a file of that name (${way})`, async () => {
      await withFar({ programs: POSIX }, async ({ lab, build }) => {
        symlinkSync("nowhere", lab.at("far/out.img"));
        if (overwrite) {
          await build({ overwrite }, { form });
          assert.ok(lstatSync(lab.at("far/out.img")).isFile());
          return assertStored(lab);
        }
        await assert.rejects(build({}, { form }), /there is a file of that name already/);
        assert.deepEqual(storedIn(lab), ["out.img"]);
      });
    });
  }
}

testWith(SSH, "a folder that appears during the copy does not swallow it", async () => {
  await withFar({ programs: POSIX }, async ({ lab, build }) => {
    const run = () => void mkdirSync(lab.at("far/out.img"));
    const other: Step = { name: "other", after: "hash", passive: true, run };
    await assert.rejects(
      build({ overwrite: true }, { used: [[other]] }),
      /there is a folder of that name/,
    );
    assert.deepEqual(storedIn(lab), ["out.img"]);
    assert.deepEqual(readdirSync(lab.at("far/out.img")), []);
  });
});
