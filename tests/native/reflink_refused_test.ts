import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "../support/images/write_image.ts";
import { withLoopDisk } from "../support/mounts/loop_disk.ts";
import { assertHolds, fill, isShared, needs, onDisk, random } from "../support/mounts/reflink.ts";
import { output, run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** Builds on a disk in mode `auto`: everything is copied, and only --verbose says why. */

async function assertCopied(folder: string, why: RegExp, out = "out.img"): Promise<void> {
  const args = ["build", `${folder}/source`, "-o", `${folder}/${out}`, "--reflink", "auto"];
  const quiet = await icecore([...args, "--force"]);
  assert.equal(quiet.code, 0, quiet.stderr);
  assert.doesNotMatch(quiet.stderr, /not cloned/);
  const verbose = await icecore([...args, "--force", "--verbose"]);
  assert.match(verbose.stderr, why);
  await assertHolds(`${folder}/${out}`, `${folder}/source`);
}

/** Builds in mode `always`, which fails and leaves nothing. */

async function assertRefused(folder: string, why: RegExp, out = "out.img"): Promise<void> {
  rmSync(`${folder}/${out}`, { force: true });
  rmSync(`${folder}/${out}.sha512`, { force: true });
  const args = ["build", `${folder}/source`, "-o", `${folder}/${out}`, "--reflink", "always"];
  const { code, stderr } = await icecore(args);
  assert.equal(code, 1, stderr);
  assert.match(stderr, why);
  assert.match(stderr, /--reflink auto/);
  assert.equal(output("sh", ["-c", `ls -A ${folder} | grep -c out.img || true`]), "0\n");
}

testWith(
  needs("ext4"),
  "a file system that cannot clone: EOPNOTSUPP",
  () =>
    onDisk("ext4", async (disk) => {
      fill(disk);
      await assertCopied(disk, /copied, not cloned: 1 file: the file system cannot clone/);
      await assertRefused(disk, /cannot clone \S+ into the image: the file system cannot clone/);
      const text = await icecoreOutput(["doctor", `${disk}/source`, disk]);
      assert.match(text, /^missing +reflink +nothing is cloned from .*: the file system cannot/m);
    }),
);

testWith(
  needs("xfs", "mkfs.btrfs"),
  "two file systems: EXDEV",
  () =>
    onDisk("xfs", async (disk) => {
      fill(disk);
      const folder = temporaryFolder();
      try {
        await withLoopDisk(folder, "btrfs", async (other) => {
          const args = ["build", `${disk}/source`, "-o", `${other}/out.img`, "--reflink"];
          const { code, stderr } = await icecore([...args, "auto", "--verbose"]);
          assert.equal(code, 0, stderr);
          assert.match(stderr, /copied, not cloned: \d files: they lie on different file systems/);
          await assertHolds(`${other}/out.img`, `${disk}/source`);
          const refused = await icecore([...args, "always", "--force"]);
          assert.equal(refused.code, 1);
          assert.match(
            refused.stderr,
            /cannot clone \S+ into the image: they lie on different file/,
          );
          const text = await icecoreOutput(["doctor", `${disk}/source`, other]);
          assert.match(text, /^missing +reflink +.*: they lie on different file systems$/m);
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
);

testWith(
  needs("btrfs", "chattr"),
  "a file without copy-on-write: EINVAL",
  () =>
    onDisk("btrfs", async (disk) => {
      fill(disk);
      rmSync(`${disk}/source/large`);
      writeFileSync(`${disk}/source/nocow`, "");
      output("chattr", ["+C", `${disk}/source/nocow`]);
      writeFileSync(`${disk}/source/nocow`, random(5 << 20));
      await assertCopied(disk, /copied, not cloned: 1 file: the file system refuses it/);
      assert.ok(isShared(`${disk}/out.img`), "the others are cloned");
      await assertRefused(disk, /cannot clone \S+nocow into the image: .* without copy-on-write/);
    }),
);

testWith(
  needs("xfs", "mkswap", "swapon", "swapoff"),
  "a file in use as swap space: ETXTBSY",
  () =>
    onDisk("xfs", async (disk) => {
      fill(disk);
      rmSync(`${disk}/source/large`);
      const swap = `${disk}/source/swap`;
      writeFileSync(swap, random(8 << 20), { mode: 0o600 });
      output("mkswap", [swap]);
      const on = run("swapon", [swap]);
      if (on.exitCode !== 0) return console.error(`  (no swap space here: ${on.stderr.trim()})`);
      try {
        await assertCopied(disk, /copied, not cloned: 1 file: it is in use as swap space/);
        await assertRefused(
          disk,
          /cannot clone \S+swap into the image: it is in use as swap space/,
        );
      } finally {
        output("swapoff", [swap]);
      }
    }),
);

testWith(
  needs("btrfs"),
  "files within the metadata of btrfs are copied, in every mode",
  () =>
    onDisk("btrfs", async (disk) => {
      mkdirSync(`${disk}/source`);
      for (let i = 0; i < 50; i++) writeFileSync(`${disk}/source/${i}`, random(1900));
      const args = ["build", "source", "-o", "out.img", "--reflink", "always", "--quiet"];
      await icecoreOutput(args, disk);
      await assertHolds(`${disk}/out.img`, `${disk}/source`);
    }),
);

testWith(
  needs("xfs"),
  "blocks of another size: auto copies, always takes 4096",
  () =>
    onDisk("xfs", async (disk) => {
      mkdirSync(`${disk}/source`);
      for (let i = 0; i < 300; i++) writeFileSync(`${disk}/source/${i}`, random(600));
      writeFileSync(`${disk}/source/large`, random(200_000));
      const args = ["build", "source", "-o", "out.img", "--force", "--reflink"];
      const { stderr } = await icecore([...args, "auto", "--verbose"], { cwd: disk });
      assert.match(stderr, /nothing was cloned: that takes a file with blocks of 4096 bytes/);
      await icecoreOutput([...args, "always", "--quiet"], disk);
      assert.match(await icecoreOutput(["info", "out.img"], disk), /of 4096 bytes/);
      assert.ok(isShared(`${disk}/out.img`));
    }),
);

Deno.test("what has no blocks of 4096 bytes is refused before anything is read", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    const args = ["build", "source", "--reflink", "always"];
    const sized = await icecore([...args, "--block-size", "1024"], { cwd: folder });
    assert.equal(sized.code, 2);
    assert.match(sized.stderr, /cannot clone into blocks of 1024 bytes/);
    const streamed = await icecore([...args, "-o", "-"], { cwd: folder });
    assert.equal(streamed.code, 2);
    assert.match(streamed.stderr, /cannot clone into an image that goes to stdout/);
    const alone = await icecore(["doctor", "source"], { cwd: folder });
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /one folder is named/);
  }));
