import assert from "node:assert/strict";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { assertNothingLeft, icecore, inLab } from "../faults/lab.ts";
import { mountDisk } from "../faults/small_disk.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { addLargeFile, drive } from "./drive.ts";

const NEEDS = { root: true, programs: ["mount", "umount"] };

testWith(
  NEEDS,
  "an image that the disk has no room for is refused before it is written",
  async () => {
    await inLab(async (lab) => {
      addLargeFile(lab, 400 * 2 ** 20);
      mountDisk(lab, "size=320M");
      const { code, stderr } = await icecore(lab, ["build", "source", "-o", "disk/out.img"]);
      assert.equal(code, 1);
      assert.match(stderr, /cannot make .*out\.img.*: it needs 40\d MiB, and the disk has 3/);
      assert.deepEqual(readdirSync(lab.at("disk")), []);
    });
  },
);

testWith(NEEDS, "a disk that fills up while packing leaves nothing behind", async () => {
  await inLab(async (lab) => {
    addLargeFile(lab, 250 * 2 ** 20);
    mountDisk(lab, "size=320M");
    const fill = "cat /dev/zero > disk/ballast 2>/dev/null || true";
    const { code, stderr } = await drive(lab, "packing", fill, "disk/out.img");
    assert.equal(code, 1, stderr);
    assert.match(stderr, /step pack failed: cannot write .*: the disk is full\. Make room/);
    assert.deepEqual(readdirSync(lab.at("disk")), ["ballast"]);
    await assertNothingLeft(lab);
  });
});

testWith(NEEDS, "holes of the source need no room on the disk", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("source/sparse"), "");
    output("truncate", ["-s", "1T", lab.at("source/sparse")]);
    mountDisk(lab, "size=320M");
    const { code, stderr } = await icecore(lab, ["build", "source", "-o", "disk/out.img"]);
    assert.equal(code, 0, stderr);
    assert.ok(statSync(lab.at("disk/out.img")).size < 2 ** 20);
  });
});
