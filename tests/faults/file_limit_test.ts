import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { assertNothingLeft, ended, icecore, inLab, REAL, ROOT, start } from "./lab.ts";

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

Deno.test("where no more files may be open, the limit is named, and no other folder advised", async () => {
  await inLab(async (lab) => {
    const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check"];
    const argv = [...deno, `${ROOT}tests/faults/open_files_driver.ts`];
    const limited = ["bash", "-c", 'ulimit -n 64; exec "$@"', "bash", ...argv];
    const { code, stdout, stderr } = await ended(start(lab, limited));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^cannot open .*: too many open files\. Raise the limit \(ulimit -n/);
  });
});
