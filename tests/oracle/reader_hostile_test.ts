import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { CorruptImageError, UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { countingSource } from "../support/counting_source.ts";
import { exercise } from "../support/images/exercise_image.ts";
import { temporaryFolder } from "../support/images/write_image.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";

/** Without checksums, damage gets past the first gate. */
const OPTIONS: readonly (readonly string[])[] = [
  ["-t", "ext2", "-b", "1024"],
  ["-t", "ext3", "-b", "1024", "-J", "size=1"],
  ["-t", "ext4", "-b", "1024", "-O", "^metadata_csum,^has_journal"],
  ["-t", "ext4", "-b", "1024", "-O", "^metadata_csum,^has_journal,inline_data,ea_inode"],
  ["-t", "ext4", "-b", "1024", "-O", "^has_journal"],
];
const RUNS_EACH = 1500;
/** More than this means that the same bytes are read over and over. */
const MOST_TIMES_READ = 200;

/** Values that are likely to lead astray. */
const NASTY = [0, 1, 2, 4, 7, 11, 12, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000];

testWith(
  { programs: ["mkfs.ext4"] },
  "a damaged image ends in right data or an error that names the structure",
  async () => {
    for (const options of OPTIONS) {
      const image = smallImage(options);
      const places = placesOf(image);
      await fc.assert(
        fc.asyncProperty(
          fc.array(changeOf(places), { minLength: 1, maxLength: 6 }),
          async (changes) => {
            const copy = image.slice();
            const view = new DataView(copy.buffer);
            for (const { at, value, wide } of changes) {
              if (wide) view.setUint32(at & ~3, value, true);
              else copy[at] = value & 0xff;
            }
            await endsWell(copy);
          },
        ),
        { numRuns: RUNS_EACH },
      );
    }
  },
);

/** Where something lies that is neither a hole nor padding of a bitmap, and so most likely metadata. */
function placesOf(image: Uint8Array): number[] {
  const places: number[] = [];
  image.forEach((byte, at) => {
    if (byte !== 0 && byte !== 0xff) places.push(at);
  });
  return places;
}

interface Change {
  readonly at: number;
  readonly value: number;
  readonly wide: boolean;
}

function changeOf(places: readonly number[]): fc.Arbitrary<Change> {
  return fc.record({
    at: fc.integer({ min: 0, max: places.length - 1 }).map((i) => places[i]!),
    value: fc.oneof(
      fc.constantFrom(...NASTY),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.nat(2000),
    ),
    wide: fc.boolean(),
  });
}

async function endsWell(bytes: Uint8Array): Promise<void> {
  const source = countingSource(bytesSource(bytes));
  try {
    await exercise(source);
  } catch (error) {
    if (error instanceof CorruptImageError) assert.match(error.structure, /./);
    else if (!(error instanceof UnsupportedFeatureError)) throw error;
  }
  assert.ok(source.countBytes < MOST_TIMES_READ * bytes.length, `${source.countBytes} bytes read`);
  try {
    const { findings, countFindings } = await checkImage(bytesSource(bytes));
    assert.ok(findings.length <= 100 && findings.length <= countFindings);
  } catch (error) {
    if (!(error instanceof UnsupportedFeatureError)) throw error;
  }
}

/** Data that keeps its blocks, but hardly adds to the places. */
function aByteABlock(countBlocks: number): Uint8Array {
  return Uint8Array.from({ length: 1024 * countBlocks }, (_, i) => i % 1024 === 0 ? 1 : 0);
}

/** An image of a few hundred blocks with folders, an index, links, attributes and fragments. */
function smallImage(options: readonly string[]): Uint8Array {
  const folder = temporaryFolder();
  try {
    const source = join(folder, "source");
    mkdirSync(join(source, "a/b/c"), { recursive: true });
    mkdirSync(join(source, "many"));
    for (let i = 0; i < 60; i++) writeFileSync(join(source, `many/rather-a-long-name-${i}`), "");
    writeFileSync(join(source, "a/file"), aByteABlock(20));
    writeFileSync(join(source, "sparse"), "start");
    truncateSync(join(source, "sparse"), 5_000_000);
    writeFileSync(join(source, "a/b/small"), "small");
    symlinkSync("a/b/small", join(source, "fast"));
    symlinkSync("y".repeat(61), join(source, "slow"));
    const image = join(folder, "image");
    writeFileSync(image, "");
    truncateSync(image, options.includes("ext3") ? 3 << 20 : 1 << 19);
    const args = ["-q", "-F", "-N", "128", ...options, "-d", source, image];
    execFileSync(findProgram("mkfs.ext4")!, args, { stdio: "pipe" });
    return new Uint8Array(readFileSync(image));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
