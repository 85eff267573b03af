import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extractImage, openImage } from "../../read.ts";
import { CLONING } from "../support/mounts/loop_disk.ts";
import {
  fill,
  freeBytes,
  isShared,
  LARGE_BYTES,
  needs,
  onDisk,
  random,
} from "../support/mounts/reflink.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

for (const type of CLONING) {
  testWith(
    needs(type),
    `on ${type}, extract clones out of the image, and compares all the same`,
    () =>
      onDisk(type, async (disk) => {
        fill(disk);
        await icecoreOutput(["build", "source", "-o", "out.img", "--quiet"], disk);
        rmSync(`${disk}/source/large`);
        const before = freeBytes(disk);
        await icecoreOutput(["extract", "out.img", "-o", "back", "--quiet"], disk);
        const taken = before - freeBytes(disk);
        assert.ok(taken <= 0.05 * LARGE_BYTES, `${taken} bytes are new`);
        assert.ok(isShared(`${disk}/back/source/large`));
        await icecoreOutput(["diff", "out.img", "back/source"], disk);
        assert.ok(statSync(`${disk}/back/source/sparse`).blocks * 512 < 4 << 20, "holes are kept");
      }),
  );

  testWith(
    needs(type),
    `on ${type}, a damaged file is not extracted by cloning it`,
    () =>
      onDisk(type, async (disk) => {
        fill(disk);
        await icecoreOutput(["build", "source", "-o", "out.img", "--quiet"], disk);
        const image = readFileSync(`${disk}/out.img`);
        image[image.length >> 1]! ^= 1;
        writeFileSync(`${disk}/out.img`, image);
        const { code, stderr } = await icecore(["extract", "out.img", "-o", "back"], { cwd: disk });
        assert.equal(code, 4, stderr);
        assert.match(stderr, /source\/large/);
      }),
  );

  testWith(
    needs(type),
    `on ${type}, equal files of an image from elsewhere share blocks again`,
    () =>
      onDisk(type, (disk) =>
        inTemporaryFolder(async (elsewhere) => {
          mkdirSync(`${elsewhere}/source`);
          const bytes = random(LARGE_BYTES);
          for (const name of ["a", "b", "c"]) writeFileSync(`${elsewhere}/source/${name}`, bytes);
          const args = ["build", "source", "-o", "out.img", "--dedupe", "--quiet"];
          await icecoreOutput(args, elsewhere);
          const before = freeBytes(disk);
          await icecoreOutput(["extract", `${elsewhere}/out.img`, "-o", disk, "--quiet"]);
          const taken = before - freeBytes(disk);
          assert.ok(taken <= 1.1 * LARGE_BYTES, `${taken} bytes are new`);
          for (const name of ["a", "b", "c"]) {
            assert.deepEqual(new Uint8Array(readFileSync(`${disk}/source/${name}`)), bytes, name);
          }
        })),
  );
}

testWith(
  needs("xfs"),
  "what was changed in the target is not cloned from there",
  () =>
    onDisk("xfs", async (disk) => {
      mkdirSync(`${disk}/source`);
      const bytes = random(3 << 20);
      for (const name of ["a", "b"]) writeFileSync(`${disk}/source/${name}`, bytes);
      await icecoreOutput(["build", "source/.", "-o", "out.img", "--dedupe", "--quiet"], disk);
      await inTemporaryFolder(async (elsewhere) => {
        output("cp", ["--reflink=never", `${disk}/out.img`, elsewhere]);
        mkdirSync(`${disk}/target`);
        await using image = await openImage(`${elsewhere}/out.img`);
        // The first file is changed as soon as there is something of the second.
        await extractImage(image, {
          target: `${disk}/target`,
          onProgress: (_done, _total, unit) => {
            if (unit === "bytes") writeFileSync(`${disk}/target/a`, random(3 << 20));
          },
        });
        assert.deepEqual(new Uint8Array(readFileSync(`${disk}/target/b`)), bytes);
      });
    }),
);
