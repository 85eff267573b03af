import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { mergeImage } from "../../image/merge_image.ts";
import type { BuildEvent } from "../../pipeline/events.ts";
import { buildImage } from "../support/mounts/mounted_stack.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertNothingLeft,
  type Ended,
  ended,
  icecore,
  inLab,
  type Lab,
  REAL,
  start,
} from "./lab.ts";
import { mountDisk } from "./small_disk.ts";

const BUILD = ["build", "source", "-o", "disk/out.img", "--recipe", "e2fsprogs"];

async function assertDiskAsBefore(lab: Lab, names: readonly string[] = []): Promise<void> {
  await assertNothingLeft(lab);
  assert.deepEqual(readdirSync(lab.at("disk")), names);
}

testWith(
  REAL,
  "a disk too small for the image is reported before anything is allocated",
  async () => {
    await inLab(async (lab) => {
      mountDisk(lab, "size=64k");
      const { code, stderr } = await icecore(lab, BUILD);
      assert.match(
        stderr,
        /step allocate failed: cannot make .*\/disk\/out\.img\.partial: it needs .* KiB, and the disk has 64\.0 KiB free\. Make room, or choose another place \(-o\)\.\n$/,
      );
      assert.equal(code, 1);
      await assertDiskAsBefore(lab);
    });
  },
);

testWith(REAL, "a disk with room for the image, but not twice, is enough to grow on", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("source/large"), new Uint8Array(3_000_000));
    mountDisk(lab, "size=6m");
    const { code, stderr } = await icecore(lab, [...BUILD, "--size", "2500K"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /too small for the tree: enlarged to/);
    await assertDiskAsBefore(lab, ["out.img", "out.img.sha512"]);
  });
});

testWith(
  REAL,
  "an output folder on a read-only disk is reported before anything is written",
  async () => {
    await inLab(async (lab) => {
      mountDisk(lab, "ro");
      const { code, stderr } = await icecore(lab, BUILD);
      assert.match(stderr, /read-only file system\. Make the folder .*\/disk writable, or choose/);
      assert.equal(code, 1);
      await assertDiskAsBefore(lab);
    });
  },
);

testWith(REAL, "a full temporary folder is reported before anything is written", async () => {
  await inLab(async (lab) => {
    mountDisk(lab, "nr_inodes=1");
    const { code, stderr } = await icecore(
      lab,
      ["build", "source", "-o", "out.img", "--recipe"].concat("e2fsprogs"),
      {
        env: { TMPDIR: lab.at("disk") },
      },
    );
    assert.match(
      stderr,
      /cannot make a temporary folder in .*: no space left on device\. Make room there, or set TMPDIR to/,
    );
    assert.equal(code, 1);
    await assertDiskAsBefore(lab);
  });
});

/** Builds on a disk that fills up when a step begins; with `punch`, the image loses its room as well. */
function buildAndFill(lab: Lab, step: string, punch: boolean): Promise<Ended> {
  const driver = new URL("./fill_driver.ts", import.meta.url).pathname;
  const argv = [Deno.execPath(), "run", "--allow-all", "--no-check", driver, step, `${punch}`];
  return ended(start(lab, argv));
}

for (const step of ["format", "grow", "mount", "copy", "unmount", "fsck", "readonly"]) {
  testWith(
    REAL,
    `a disk that fills up before ${step} harms at most what needs new room: shrink and hash`,
    async () => {
      await inLab(async (lab) => {
        mountDisk(lab, "size=3m");
        const { code, stderr } = await buildAndFill(lab, step, false);
        if (code === 0) {
          await assertDiskAsBefore(lab, ["ballast", "out.img", "out.img.sha512"]);
          output("sha512sum", ["--check", "out.img.sha512"], lab.at("disk"));
        } else {
          assert.match(stderr, /^step (shrink|hash) failed: /);
          assert.match(stderr, /Make room on the image.s disk|the disk is full\. Make room/);
          await assertDiskAsBefore(lab, ["ballast"]);
        }
      });
    },
  );
}

testWith(
  REAL,
  "a disk without room for the side file is reported, and nothing is left",
  async () => {
    await inLab(async (lab) => {
      mountDisk(lab, "size=3m");
      const { code, stderr } = await buildAndFill(lab, "hash", false);
      assert.match(
        stderr,
        /step hash failed: cannot write .*out\.img\.sha512: the disk is full\. Make room/,
      );
      assert.equal(code, 1);
      await assertDiskAsBefore(lab, ["ballast"]);
    });
  },
);

testWith(
  REAL,
  "contents that do not reach the disk below fail the build",
  async () => {
    await inLab(async (lab) => {
      writeFileSync(lab.at("source/large"), new Uint8Array(2_000_000).fill(7));
      mountDisk(lab, "size=4m");
      const { code, stderr } = await buildAndFill(lab, "mount", true);
      assert.match(stderr, /step (copy|mount) failed/);
      assert.equal(code, 1);
      await assertDiskAsBefore(lab, ["ballast"]);
    });
  },
);

testWith(
  REAL,
  "a merge on a disk without room for all of it leaves nothing",
  async () => {
    await inLab(async (lab) => {
      const run = async (...args: string[]) => await icecore(lab, args);
      writeFileSync(lab.at("source/large"), new Uint8Array(2_000_000).fill(7));
      assert.equal((await run("build", "source", "-o", "0.img")).code, 0);
      writeFileSync(lab.at("source/more"), "more");
      assert.equal(
        (await run("build", "source", "-o", "1.img", "--base", "0.img")).code,
        0,
      );
      mountDisk(lab, "size=1m");
      const { code, stderr } = await run(
        "merge",
        "1.img",
        "-o",
        "disk/out.img",
      );
      assert.match(
        stderr,
        /cannot make .*out\.img\.partial: it needs .* MiB, and the disk has .* free\. Make room/,
      );
      assert.equal(code, 1);
      await assertDiskAsBefore(lab);
    });
  },
);

testWith(
  REAL,
  "a disk that fills up while images are merged on it ends the merge",
  async () => {
    await inLab(async (lab) => {
      const source = lab.at("large");
      mkdirSync(source);
      writeFileSync(`${source}/large`, new Uint8Array(96 << 20).fill(7));
      await buildImage(source, lab.at("0.img"), { isChecked: false });
      writeFileSync(`${source}/more`, "more");
      await buildImage(source, lab.at("1.img"), {
        base: lab.at("0.img"),
        isChecked: false,
      });
      mountDisk(lab, "size=100m");
      const fill = (event: BuildEvent) => {
        if (event.type !== "progress" || event.step !== "pack") return;
        const ballast = openSync(lab.at("disk/ballast"), "a");
        const piece = new Uint8Array(1 << 20);
        try {
          while (true) writeSync(ballast, piece);
        } catch {
          closeSync(ballast);
        }
      };
      const merging = mergeImage(lab.at("1.img"), lab.at("disk/out.img"), {
        emit: fill,
      });
      await assert.rejects(merging, /the disk is full\. Make room/);
      await assertDiskAsBefore(lab, ["ballast"]);
    });
  },
);
