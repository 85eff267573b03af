import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { assertNothingBuilt } from "../../faults/lab.ts";
import { mountDisk } from "../../faults/small_disk.ts";
import { said } from "../../support/messages.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { FORMS } from "../building.ts";
import { POSIX, replaceProgram, RSYNC, SSH, WITH_RSYNC } from "./far_side.ts";
import { addLarge, assertStored, LARGE_BYTES, storedIn, withFar } from "./with_far.ts";

for (const [name, programs] of [["rsync", WITH_RSYNC], ["sftp", POSIX]] as const) {
  testWith(RSYNC, `a copy by ${name} that breaks goes on where it broke`, async () => {
    const cut = { afterBytes: 5_000_000, times: 1 };
    let mostBytes = 0;
    const onBytes = (bytes: number) => {
      if (cut.times === 0) mostBytes = Math.max(mostBytes, bytes);
    };
    await withFar({ cut, onBytes, programs }, async (run) => {
      addLarge(run.lab);
      await run.build({}, { form: "file" });
      assertStored(run.lab);
      assert.match(said(run), /the copy goes on where it broke/);
      assert.ok(mostBytes < LARGE_BYTES, `the rest was sent, not all: ${mostBytes}`);
    });
  });
}

testWith(SSH, "a stream that breaks fails the build and leaves nothing there", async () => {
  const cut = { afterBytes: 1_000_000, times: 1 };
  await withFar({ cut, programs: POSIX }, async ({ lab, build }) => {
    addLarge(lab);
    await assert.rejects(
      build(),
      /cannot copy to .*out\.img: the connection failed: .*\. Check the/,
    );
    assert.deepEqual(storedIn(lab), []);
    await assertNothingBuilt(lab);
  });
});

testWith(RSYNC, "with resume, what a failed build has copied is continued", async () => {
  const cut = { afterBytes: 3_000_000, times: 1 };
  await withFar({ cut, programs: WITH_RSYNC }, async (run) => {
    const { lab, build } = run;
    const form = "file";
    addLarge(lab);
    await assert.rejects(build({ resume: true, retries: 0 }, { form }), /the connection failed/);
    assert.deepEqual(storedIn(lab), ["out.img.partial"]);
    assert.match(said(run), /out\.img\.partial is kept to be continued/);
    await build({ resume: true }, { form });
    assertStored(lab);
    // The beginning of something longer is replaced.
    writeFileSync(lab.at("far/out.img.partial"), new Uint8Array(20_000_000));
    await build({ resume: true, overwrite: true }, { form });
    assertStored(lab);
  });
});

for (const form of FORMS) {
  testWith(
    RSYNC,
    `Ctrl-C while copying leaves nothing, here and there (${form} form)`,
    async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const onBytes = (bytes: number) => bytes > 1_000_000 && controller.abort();
      await withFar({ onBytes, programs: WITH_RSYNC }, async ({ lab, build }) => {
        addLarge(lab);
        await assert.rejects(build({}, { form, request: { signal } }), { code: "interrupted" });
        assert.deepEqual(storedIn(lab), []);
        await assertNothingBuilt(lab);
      });
    },
  );

  testWith(SSH, `what arrives otherwise than it was sent gets no name (${form} form)`, async () => {
    await withFar({ programs: POSIX }, async ({ lab, far, build }) => {
      replaceProgram(far, "sha512sum", `cat > /dev/null; echo "${"0".repeat(128)}  -"`);
      await assert.rejects(
        build({}, { form }),
        /the digest there is another: it arrived otherwise/,
      );
      assert.deepEqual(storedIn(lab), []);
      await assertNothingBuilt(lab);
    });
  });

  testWith(
    { ...RSYNC, loop: true },
    `a full disk on the far side is named (${form} form)`,
    async () => {
      const programs = form === "stream" ? WITH_RSYNC : POSIX;
      await withFar({ programs }, async ({ lab, build }) => {
        addLarge(lab);
        mountDisk(lab, "size=1m", "far");
        await assert.rejects(
          build({}, { form }),
          /its disk (is|may be) full\. Make room there/,
        );
        assert.deepEqual(storedIn(lab), []);
        await assertNothingBuilt(lab);
      });
    },
  );
}
