import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const NEEDED = {
  root: true,
  loop: true,
  programs: ["mkfs.ext4", "dumpe2fs", "e2fsck", "resize2fs", "tune2fs", "setfattr"],
};

/** Builds `source` with the recipe, and compares the image with it; returns what verify prints. */
async function buildAndVerify(folder: string, ...options: string[]): Promise<string> {
  const [source, image] = [join(folder, "source"), join(folder, "source.img")];
  const build = ["build", source, "-o", image, "--recipe", "e2fsprogs", "--quiet", ...options];
  const built = await icecore(build);
  assert.equal(built.code, 0, built.stderr);
  return (await icecore(["verify", image, "--source", source])).stdout;
}

testWith(
  NEEDED,
  "the recipe e2fsprogs counts the inodes that large attributes take",
  () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, "source"));
      for (let i = 0; i < 40; i++) {
        const path = join(folder, "source", `${i}`);
        writeFileSync(path, "");
        for (const name of ["a", "b", "c", "d"]) {
          output("setfattr", ["-n", `trusted.${name}`, "-v", `${name}${i}-`.repeat(200), path]);
        }
      }
      assert.match(await buildAndVerify(folder, "--block-size", "1024"), /: OK\n$/);
    }),
);

testWith(
  NEEDED,
  "the recipe e2fsprogs chooses blocks that a long symbolic link fits into",
  () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, "source"));
      for (let i = 0; i < 300; i++) writeFileSync(join(folder, "source", `${i}`), `${i}`);
      symlinkSync("x/".repeat(1500), join(folder, "source/link"));
      assert.match(await buildAndVerify(folder), /: OK\n$/);
    }),
);
