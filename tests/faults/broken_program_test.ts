import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { assertE2fsckClean } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertNothingBuilt,
  assertNothingLeft,
  build,
  icecore,
  inLab,
  outputsOf,
  REAL,
} from "./lab.ts";

const ADVICE: readonly (readonly [code: number, advice: string])[] = [
  [4, "The file system is damaged: look at the disk"],
  [8, "It could not check: mend what it names"],
  [12, "The file system is damaged: look at the disk"],
  [16, "It does not know what it was asked for: install a newer"],
  [32, "It was cancelled: build again"],
  [128, "A library of it is broken: install"],
];

for (const [code, advice] of ADVICE) {
  testWith(REAL, `an e2fsck that ends with ${code} fails the build with its words`, async () => {
    await inLab(async (lab) => {
      lab.fake("e2fsck", `echo "inode 12 is very wrong"; exit ${code}`);
      const { code: exitCode, stderr, stdout } = await build(lab);
      assert.match(
        stderr,
        new RegExp(
          `step fsck failed: cannot run e2fsck: it ended with exit code ${code}: ` +
            `inode 12 is very wrong. ${advice}`,
        ),
      );
      assert.equal(exitCode, 1);
      assert.equal(stdout, "");
      await assertNothingBuilt(lab);
    });
  });
}

testWith(REAL, "an e2fsck that corrected something is reported, and the image stays", async () => {
  await inLab(async (lab) => {
    lab.fake("e2fsck", `real "$@" || exit; case "$1" in -fy) exit 1 ;; esac`);
    const { code, stderr } = await build(lab);
    assert.match(stderr, /e2fsck found errors and corrected them\. Compare the image/);
    assert.equal(code, 0);
    await assertNothingLeft(lab);
    assertE2fsckClean(lab.at("out.img"));
  });
});

testWith(REAL, "a sealed image that e2fsck would correct is not let through", async () => {
  await inLab(async (lab) => {
    lab.fake("e2fsck", `case "$1" in -fn) exit 4 ;; *) real "$@" ;; esac`);
    assert.equal((await build(lab)).code, 1);
    await assertNothingBuilt(lab);
  });
});

for (
  const program of ["mkfs.ext4", "dumpe2fs", "mount", "umount", "resize2fs", "tune2fs", "sync"]
) {
  testWith(
    REAL,
    `a ${program} that fails is named with its words, and nothing is left`,
    async () => {
      await inLab(async (lab) => {
        lab.fake(program, "echo it went wrong >&2; exit 9");
        const { code, stderr } = await build(lab);
        assert.match(
          stderr,
          /step \S+ failed: cannot run \S+: it ended with exit code 9: it went wrong/,
        );
        assert.equal(code, 1);
        await assertNothingBuilt(lab);
      });
    },
  );
}

testWith(
  REAL,
  "a failed build with --keep keeps the partial image alone, and says so",
  async () => {
    await inLab(async (lab) => {
      lab.fake("tune2fs", "exit 9");
      const { code, stderr } = await build(lab, ["--keep"]);
      assert.equal(code, 1);
      assert.match(stderr, /kept .*\/out\.img\.partial/);
      assert.deepEqual(outputsOf(lab), ["out.img.partial"]);
      assert.deepEqual(readdirSync(lab.temporary), []);
      lab.fake("tune2fs", `real "$@"`);
      assert.equal((await build(lab)).code, 0, "the next build takes its place");
      await assertNothingLeft(lab);
    });
  },
);

testWith(
  REAL,
  "where the kernel allows no private mounts, shared ones are released as well",
  async () => {
    await inLab(async (lab) => {
      lab.fake("unshare", "exit 1");
      const done = await build(lab);
      assert.equal(done.code, 0, done.stderr);
      await assertNothingLeft(lab);
      lab.fake("sync", `touch "$LAB/reached"; kill -9 $PPID; sleep 60`);
      assert.notEqual((await build(lab, ["--force"])).code, 0);
      const cleaned = await icecore(lab, ["clean"]);
      assert.equal(cleaned.code, 0, cleaned.stderr);
      assert.match(cleaned.stdout, /released mount .*\/mnt\n/);
      await assertNothingLeft(lab);
    });
  },
);
