import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";
import { assertNothingLeft, build, icecore, inLab, outputsOf, REAL } from "./lab.ts";

testWith(REAL, "an image that is there is kept, and replaced with --force", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.image, "precious");
    const refused = await build(lab);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /it exists already\. Replace it, or choose another name \(--force, -o\)\./,
    );
    assert.equal(readFileSync(lab.image, "utf8"), "precious");
    assert.equal((await build(lab, ["--force", "--hash", "sha256"])).code, 0);
    assert.equal((await build(lab, ["--force"])).code, 0);
    assert.deepEqual(
      outputsOf(lab),
      ["out.img", "out.img.sha512"],
      "the side file of the replaced image went with it",
    );
    assert.equal((await icecore(lab, ["verify", "out.img"])).code, 0);
    await assertNothingLeft(lab);
  });
});

testWith(REAL, "a failed build with --force leaves the old image alone", async () => {
  await inLab(async (lab) => {
    assert.equal((await build(lab)).code, 0);
    const old = readFileSync(lab.image);
    lab.fake("tune2fs", "exit 1");
    assert.equal((await build(lab, ["--force"])).code, 1);
    assert.deepEqual(readFileSync(lab.image), old);
    assert.equal((await icecore(lab, ["verify", "out.img"])).code, 0);
    await assertNothingLeft(lab);
  });
});

testWith(REAL, "two builds of one output exclude each other, by whichever path", async () => {
  await inLab(async (lab) => {
    symlinkSync(".", lab.at("same"));
    lab.fake(
      "e2fsck",
      `echo >"$LAB/reached"; while test ! -e "$LAB/go"; do sleep 0.05; done; real "$@"`,
    );
    const first = build(lab);
    await appearance(lab.at("reached"));
    for (const path of ["out.img", "same/out.img"]) {
      const second = await icecore(lab, ["build", "source", "-o", path, "--recipe", "e2fsprogs"]);
      assert.equal(second.code, 1);
      assert.match(second.stderr, /another icecore is building it now\. Wait for it/);
    }
    assert.equal((await icecore(lab, ["clean"])).code, 0, "clean leaves a running build alone");
    writeFileSync(lab.at("go"), "");
    const { code, stderr } = await first;
    assert.equal(code, 0, stderr);
    assert.equal((await icecore(lab, ["verify", "out.img"])).code, 0);
    await assertNothingLeft(lab);
  });
});
