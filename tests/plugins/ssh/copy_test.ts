import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Step } from "../../../mod.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { FORMS } from "../building.ts";
import { POSIX, RSYNC, SSH, WITH_RSYNC } from "./far_side.ts";
import { addLarge, assertStored, programsRun, storedIn, withFar } from "./with_far.ts";

testWith(RSYNC, "rsync copies where both sides have it", async () => {
  await withFar({ programs: WITH_RSYNC }, async (run) => {
    const { image } = await run.build({}, { form: "file" });
    assertStored(run.lab);
    assert.ok(programsRun(run).includes("rsync"));
    const { url } = image.artifacts.find(({ kind }) => kind === "ssh")?.details ?? {};
    assert.match(String(url), /@127\.0\.0\.1:\/.*\/far\/out\.img$/);
  });
});

testWith(SSH, "sftp copies where the far side has no rsync", async () => {
  await withFar({ programs: POSIX }, async (run) => {
    await run.build({}, { form: "file" });
    assertStored(run.lab);
    assert.deepEqual(programsRun(run), ["sftp", "ssh"]);
  });
});

testWith(SSH, "the image is copied while it is packed, and gets its name at the end", async () => {
  await withFar({ programs: POSIX }, async ({ lab, build }) => {
    addLarge(lab);
    const seen: string[] = [];
    const look: Step = {
      name: "look",
      after: "hash",
      passive: true,
      run: () => void seen.push(...storedIn(lab)),
    };
    await build({}, { used: [[look]] });
    assert.match(seen.join(), /^out\.img\.[0-9a-f]{8}\.partial$/);
    assertStored(lab);
  });
});

for (const form of FORMS) {
  testWith(
    RSYNC,
    `names with blanks, quotes and stars arrive as they are (${form} form)`,
    async () => {
      await withFar({ programs: WITH_RSYNC }, async ({ lab, far, build }) => {
        const name = `it's "a" *`;
        await build({ to: `${far.options["to"]}/${name}` }, { form });
        const names = readdirSync(`${lab.at("far")}/${name}`).sort();
        assert.deepEqual(names, ["out.img", "out.img.sha512"]);
      });
    },
  );
}

for (const form of FORMS) {
  for (const [way, programs] of [["rsync", WITH_RSYNC], ["sftp", POSIX]] as const) {
    testWith(RSYNC, `a name with a line break in it arrives (${way}, ${form} form)`, async () => {
      await withFar({ programs }, async ({ lab, far, build }) => {
        const image = lab.at('a\n"b".img');
        await build({}, { form, request: { output: image } });
        assert.deepEqual(storedIn(lab), ['a\n"b".img', 'a\n"b".img.sha512']);
        assert.ok(readFileSync(image).equals(readFileSync(lab.at('far/a\n"b".img'))));
        await assert.rejects(
          build({ to: `${far.options["to"]}/a\nb` }),
          /names no folder of a host/,
        );
      });
    });
  }
}
