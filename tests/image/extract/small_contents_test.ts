/**
 * Small files that lie one behind the other in an image of this machine are read together: what is
 * wrong with one is no matter to the others.
 */

import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { flip, placeOf } from "../../support/images/damaged_image.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** So many that a second thread takes part. */
const COUNT_FILES = 1500;

const nameOf = (i: number) => `f${String(i).padStart(4, "0")}`;

/** Of none to 30 KB, most of them of a few blocks; some fill theirs exactly. */
function contentOf(i: number): string {
  if (i % 50 === 0) return `${i},`.repeat(6000);
  return i % 11 === 0 ? "x".repeat(1024 * (i % 3)) : `${i},`.repeat(i % 7 * 100);
}

/** Of access and of modification, in seconds: most of them the same. */
function timesOf(i: number): [number, number] {
  return [i % 40 === 39 ? 1_700_000_000 : 1_600_000_000 + i, 1_600_000_000 + i];
}

async function withImage(use: (image: string, place: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (place) => {
    const source = join(place, "small");
    mkdirSync(source);
    for (let i = 0; i < COUNT_FILES; i++) {
      writeFileSync(join(source, nameOf(i)), contentOf(i));
      utimesSync(join(source, nameOf(i)), ...timesOf(i));
      if (i % 100 === 3) mkdirSync(join(source, `${nameOf(i)}-folder`));
    }
    const image = join(place, "small.img");
    await icecoreOutput(["build", source, "-o", image, "--times", "all", "--quiet"]);
    await use(image, place);
  });
}

/** Each is there with all of its contents and times, or as the exception says. */
function assertExtracted(target: string, isLeftOut: (i: number) => boolean): void {
  for (let i = 0; i < COUNT_FILES; i++) {
    const path = join(target, "small", nameOf(i));
    assert.equal(existsSync(path), !isLeftOut(i), nameOf(i));
    if (isLeftOut(i)) continue;
    const { atimeMs, mtimeMs } = statSync(path);
    assert.deepEqual([atimeMs / 1000, mtimeMs / 1000], timesOf(i), nameOf(i));
    assert.equal(readFileSync(path, "utf8"), contentOf(i), nameOf(i));
  }
}

Deno.test("of small files read together each that is damaged is left out, and no other", () =>
  withImage(async (image, place) => {
    const target = join(place, "out");
    await icecoreOutput(["extract", image, "-o", target, "--quiet"]);
    assertExtracted(target, () => false);

    const bytes = readFileSync(image);
    const damaged = [1, 2, 64, 700, COUNT_FILES - 1];
    for (const i of damaged) flip(bytes, (await placeOf(bytes, `small/${nameOf(i)}`)).at);
    writeFileSync(image, bytes);
    const partly = join(place, "partly");
    const { code, stderr } = await icecore(["extract", image, "-o", partly, "--quiet"]);
    assert.equal(code, 4, stderr);
    assertExtracted(partly, (i) => damaged.includes(i));
    for (const i of damaged) assert.ok(stderr.includes(`cannot trust small/${nameOf(i)}: `));
  }));

Deno.test("where the image is cut, small files before that are extracted all the same", () =>
  withImage(async (image, place) => {
    const bytes = readFileSync(image);
    const { at } = await placeOf(bytes, `small/${nameOf(1010)}`);
    truncateSync(image, at);
    const target = join(place, "out");
    const { code, stderr } = await icecore([
      "extract",
      image,
      "-o",
      target,
      "--salvage",
      "--quiet",
    ]);
    assert.equal(code, 3, stderr);
    // They lie there in the order of their names.
    assertExtracted(target, (i) => i >= 1010 && contentOf(i).length > 0);
  }));
