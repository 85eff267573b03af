import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  assertNothingBuilt,
  assertNothingLeft,
  icecore,
  inLab,
} from "../faults/lab.ts";
import { addLargeFile, drive } from "./drive.ts";

const MOMENTS = ["scan", "pack", "packing", "fsck", "hash"];

for (const moment of MOMENTS) {
  Deno.test(`Ctrl-C at the moment "${moment}" leaves nothing behind`, async () => {
    await inLab(async (lab) => {
      addLargeFile(lab);
      const { code, stderr } = await drive(lab, moment, "SIGINT");
      assert.equal(code, 130, stderr);
      assert.match(stderr, /interrupted by SIGINT: nothing was left behind/);
      await assertNothingBuilt(lab);
    });
  });

  Deno.test(`after kill -9 at the moment "${moment}", clean releases all`, async () => {
    await inLab(async (lab) => {
      addLargeFile(lab);
      await drive(lab, moment, "SIGKILL");
      assert.ok(
        existsSync(lab.at("out.img.partial")),
        "the killed build left its partial image",
      );
      const { code, stdout, stderr } = await icecore(lab, ["clean"]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /released partial .*out\.img\.partial/);
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("after kill -9 while packing, the next build of the output cleans up", async () => {
  await inLab(async (lab) => {
    addLargeFile(lab);
    await drive(lab, "packing", "SIGKILL");
    const { code, stderr } = await icecore(lab, [
      "build",
      "source",
      "-o",
      "out.img",
    ]);
    assert.equal(code, 0, stderr);
    await assertNothingLeft(lab);
  });
});
