import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { common } from "../../../image/verify/tolerant_source.ts";
import { icecore, inLab, type Lab } from "../../faults/lab.ts";
import { failuresOf, placeOf } from "../../support/images/damaged_image.ts";
import { regionsOf } from "../../support/images/image_regions.ts";
import { FAULTY, withFaults } from "../../support/mounts/faulty_mount.ts";
import { testWith } from "../../support/programs/requirements.ts";

const SECTOR_BYTES = 512;

/** An image on a disk with a bad sector. @param sectorOf where it begins, of the image's bytes */
async function withBadSector(
  sectorOf: (image: Uint8Array) => number | Promise<number>,
  use: (lab: Lab, image: string, sector: number) => Promise<void>,
): Promise<void> {
  await inLab(async (lab) => {
    mkdirSync(lab.at("real"));
    mkdirSync(lab.at("many"));
    for (let i = 0; i < 50; i++) writeFileSync(lab.at(`many/f${i}`), `${i}\n`.repeat(9000));
    const args = ["build", "many", "-o", "real/many.img", "--quiet"];
    assert.equal((await icecore(lab, args)).code, 0);
    rmSync(lab.at("real/many.img.sha512"));
    const sector = await sectorOf(readFileSync(lab.at("real/many.img")));
    const rule = `read:/many.img:5:${sector}-${sector + SECTOR_BYTES}`;
    await withFaults(lab.folder, [rule], () => use(lab, lab.at("faulty/many.img"), sector));
  });
}

async function sectorInFile(image: Uint8Array): Promise<number> {
  const { at } = await placeOf(image, "many/f20");
  return Math.ceil(at / SECTOR_BYTES + 3) * SECTOR_BYTES;
}

testWith(
  FAULTY,
  "of a bad sector the file is named that has it, and the bytes",
  () =>
    withBadSector(sectorInFile, async (lab, image, sector) => {
      const failures = await failuresOf(image);
      const ranges = [[sector, sector + SECTOR_BYTES]];
      assert.deepEqual(failures.map(({ check }) => check), ["contents", "unreadable"]);
      const [contents, unreadable] = failures;
      assert.deepEqual(contents?.check === "contents" && [contents.paths, contents.ranges], [
        ["many/f20"],
        ranges,
      ]);
      assert.deepEqual(unreadable?.check === "unreadable" && unreadable.ranges, ranges);
      const { code, stderr } = await icecore(lab, ["verify", "faulty/many.img"]);
      assert.equal(code, 4);
      const bytes = `bytes ${sector}–${sector + SECTOR_BYTES - 1}`;
      assert.ok(stderr.includes(`many/f20: its contents cannot be read in ${bytes} of the image`));
      assert.ok(stderr.includes(`unreadable: ${bytes} cannot be read: input/output error`));
      const other = await icecore(lab, ["verify", "faulty/many.img", "many/f21"]);
      // What is read around it may meet the sector; no file is blamed for that.
      assert.doesNotMatch(other.stderr, /contents/);
    }),
);

testWith(
  FAULTY,
  "a bad sector in metadata is named with what it hits, and no file",
  () =>
    withBadSector(
      (image) => regionsOf(image).find(({ kind }) => kind === "block bitmap")!.offsetBytes,
      async (_, image) => {
        const checks = (await failuresOf(image)).map(({ check }) => check);
        assert.deepEqual([...new Set(checks)], ["structure", "unreadable"]);
      },
    ),
);

Deno.test("what ranges have in common", () => {
  assert.deepEqual(common([[0, 10], [20, 30]], [[5, 25], [29, 40]]), [[5, 10], [20, 25], [29, 30]]);
  assert.deepEqual(common([[0, 10]], [[10, 20]]), []);
  assert.deepEqual(common([], [[0, 1]]), []);
});
