import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { output } from "../support/oracles.ts";
import { testWith } from "../support/requirements.ts";
import { assertNothingLeft, icecore, inLab, REAL } from "./lab.ts";

const NEEDS = { ...REAL, programs: [...REAL.programs!, "mkfs.ext2", "truncate"] };

testWith(NEEDS, "an image larger than a file may be there is refused in words", async () => {
  await inLab(async (lab) => {
    // With blocks of 1 KiB, ext2 takes files of at most 16 GiB.
    output("truncate", ["-s", "20G", lab.at("ext2")]);
    const sparing = ["-m", "0", "-N", "16", "-E", "nodiscard"];
    output("mkfs.ext2", ["-q", "-F", "-b", "1024", ...sparing, lab.at("ext2")]);
    mkdirSync(lab.at("disk"));
    output("mount", ["-o", "loop", lab.at("ext2"), lab.at("disk")]);
    const flags = ["--recipe", "e2fsprogs", "--size", "17G", "-o", "disk/out.img"];
    const { code, stderr } = await icecore(lab, ["build", "source", ...flags]);
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /step allocate failed: cannot write .*out\.img.*: no file that large is allowed\. .*ulimit -f/,
    );
    assert.deepEqual(readdirSync(lab.at("disk")), ["lost+found"]);
    output("umount", [lab.at("disk")]);
    await assertNothingLeft(lab);
  });
});
