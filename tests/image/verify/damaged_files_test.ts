import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openImage } from "../../../image/open_image.ts";
import { type VerifyFailure, verifyImage } from "../../../image/verify.ts";
import { failuresOf, flip, placeOf, withManyFiles } from "../../support/images/damaged_image.ts";
import { type Region, regionsOf } from "../../support/images/image_regions.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { buildTree } from "../../support/trees/tree_builder.ts";
import { variedTree } from "../../support/trees/varied_tree.ts";

type ContentsFailure = VerifyFailure & { readonly check: "contents" };

function contentsOf(failures: readonly VerifyFailure[], code: string): ContentsFailure[] {
  return failures.filter((one): one is ContentsFailure =>
    one.check === "contents" && one.code === code
  );
}

/** Damages two of three files, in their first byte or another, and the tails of a few others. */
async function damage(bytes: Uint8Array, paths: readonly string[]) {
  const damaged = paths.filter((_, i) => i % 3 !== 0);
  const tails = paths.filter((_, i) => i % 30 === 0);
  for (const [i, path] of damaged.entries()) flip(bytes, (await placeOf(bytes, path)).at + i % 2);
  for (const path of tails) {
    const { at, sizeBytes } = await placeOf(bytes, path);
    flip(bytes, at + sizeBytes);
  }
  return { damaged: damaged.toSorted(), tails: tails.toSorted() };
}

Deno.test("200 damaged files and 10 damaged tails are named, and where in the image they lie", () =>
  withManyFiles(async (image, paths) => {
    const bytes = readFileSync(image);
    const { damaged, tails } = await damage(bytes, paths);
    assert.equal(damaged.length, 200);
    writeFileSync(image, bytes);
    const failures = await failuresOf(image);
    assert.equal(failures.length, damaged.length + tails.length, "nothing else is named");
    const differing = contentsOf(failures, "content-digest");
    assert.deepEqual(differing.flatMap((one) => one.paths).sort(), damaged);
    for (const { paths, ranges } of differing) {
      const { at, sizeBytes } = await placeOf(bytes, paths[0]!);
      assert.deepEqual(ranges, [[at, at + sizeBytes]], "one digest a file: all of its data");
    }
    const behind = contentsOf(failures, "tail");
    assert.deepEqual(behind.flatMap((one) => one.paths).sort(), tails);
    for (const { paths, ranges, message } of behind) {
      const { at, sizeBytes } = await placeOf(bytes, paths[0]!);
      assert.deepEqual(ranges, [[at + sizeBytes, at + sizeBytes + 1]], "known to the byte");
      assert.match(message, new RegExp(`is damaged in byte ${at + sizeBytes} of the image`));
    }
  }));

/** Where damage hides no file: all that is read before contents can be has to be sound. */
const KINDS: readonly Region["kind"][] = [
  "boot block",
  "block bitmap",
  "inode bitmap",
  "inode table",
  "folder",
];

Deno.test("beside damaged metadata of any kind the same 200 files are named", () =>
  withManyFiles(async (image, paths) => {
    const sound = readFileSync(image);
    const regions = regionsOf(sound);
    for (const kind of KINDS) {
      const bytes = Uint8Array.from(sound);
      const { damaged } = await damage(bytes, paths);
      const region = regions.find((one) => one.kind === kind);
      assert.ok(region !== undefined, kind);
      // The last inode of a table is that of no file, and the last of a folder is its checksum.
      flip(bytes, region.offsetBytes + region.sizeBytes - 1);
      writeFileSync(image, bytes);
      const failures = await failuresOf(image);
      assert.ok(failures.some(({ check }) => check === "structure"), kind);
      const inodes = contentsOf(failures, "content-digest").map((one) => one.inode).sort();
      const expected = [];
      for (const path of damaged) expected.push((await placeOf(sound, path)).inode);
      assert.deepEqual(inodes, expected.sort(), kind);
    }
  }));

Deno.test("a damaged superblock or descriptor is named, and hides no damaged file", () =>
  withManyFiles(async (image, paths) => {
    const sound = readFileSync(image);
    for (const kind of ["superblock", "descriptors"] as const) {
      const bytes = Uint8Array.from(sound);
      const { damaged } = await damage(bytes, paths);
      const region = regionsOf(sound).find((one) => one.kind === kind)!;
      // The checksum of either.
      flip(bytes, region.offsetBytes + (kind === "superblock" ? 1023 : 0x1e));
      writeFileSync(image, bytes);
      const failures = await failuresOf(image);
      assert.ok(failures.some(({ check }) => check === "structure"), kind);
      const named = contentsOf(failures, "content-digest").flatMap((one) => one.paths);
      assert.deepEqual(named.sort(), damaged, kind);
    }
    // Of so small an image there is no copy: without its magic nobody knows where anything is.
    const bytes = Uint8Array.from(sound);
    bytes.fill(0xff, 1024, 1024 + 0x30);
    writeFileSync(image, bytes);
    assert.deepEqual((await failuresOf(image)).map(({ check }) => check), ["structure"]);
  }));

Deno.test("of files that are verified alone the end of the last block is looked at as well", () =>
  withManyFiles(async (image) => {
    const bytes = readFileSync(image);
    const { at, sizeBytes } = await placeOf(bytes, "many/f5");
    flip(bytes, at + sizeBytes + 2);
    flip(bytes, at + sizeBytes + 4);
    writeFileSync(image, bytes);
    const { code, stderr } = await icecore(["verify", image, "many/f5"]);
    assert.equal(code, 4);
    assert.match(stderr, new RegExp(`bytes ${at + sizeBytes + 2}–${at + sizeBytes + 4} of the`));
    assert.equal((await icecore(["verify", image, "many/f6"])).code, 0);
  }));

Deno.test("beside its source the bytes of a file that differ are named", () =>
  withManyFiles(async (image, _, place) => {
    const bytes = readFileSync(image);
    const { at } = await placeOf(bytes, "many/f200");
    flip(bytes, at + 100);
    flip(bytes, at + 2000);
    flip(bytes, (await placeOf(bytes, "many/f100")).at + 7);
    writeFileSync(image, bytes);
    const { code, stdout } = await icecore(["verify", image, "--source", join(place, "many")]);
    assert.equal(code, 4);
    assert.equal(
      stdout,
      "M many/f100 (content in byte 7)\nM many/f200 (content in bytes 100–2000)\n",
    );
  }));

Deno.test("a damaged target of a link is named, and the link is not extracted", () =>
  inTemporaryFolder(async (place) => {
    const source = join(place, "links");
    mkdirSync(source);
    const targets = { long: "../".repeat(40) + "somewhere", short: "somewhere" };
    for (const [name, target] of Object.entries(targets)) symlinkSync(target, join(source, name));
    writeFileSync(join(source, "file"), "contents");
    const image = join(place, "links.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    rmSync(`${image}.sha512`);
    assert.equal((await verifyImage(image)).contents?.countFiles, 1, "a link is not a file");
    const bytes = readFileSync(image);
    const at = bytes.indexOf(targets.long);
    flip(bytes, at + 60);
    writeFileSync(image, bytes);
    const failures = await failuresOf(image);
    assert.deepEqual(contentsOf(failures, "content-digest").map((one) => [one.paths, one.ranges]), [
      [["links/long"], [[at, at + targets.long.length]]],
    ]);
    assert.equal(failures.length, 1);
    assert.equal((await icecore(["verify", image, "links/long"])).code, 4);
    assert.equal((await icecore(["verify", image, "links/file"])).code, 0);

    const target = join(place, "out");
    const { code, stderr } = await icecore(["extract", image, "-o", target, "--quiet"]);
    assert.equal(code, 4);
    assert.match(stderr, /cannot trust links\/long/);
    assert.deepEqual([existsSync(join(target, "links/file"))], [true]);
    assert.equal(lstatSync(join(target, "links/long"), { throwIfNoEntry: false }), undefined);
    assert.ok(lstatSync(join(target, "links/short")).isSymbolicLink());
    const salvaged = await icecore(["extract", image, "links/long", "-o", target, "--salvage"]);
    assert.equal(salvaged.code, 3);
    assert.ok(lstatSync(join(target, "links/long")).isSymbolicLink());
    const exported = await icecore(["export", image, "--tar"]);
    assert.equal(exported.code, 4);
    assert.match(exported.stderr, /cannot trust links\/long/);

    flip(bytes, at + 60);
    flip(bytes, at + targets.long.length);
    writeFileSync(image, bytes);
    const tail = contentsOf(await failuresOf(image), "tail");
    assert.deepEqual(tail.map((one) => one.paths), [["links/long"]]);
  }));

Deno.test("a record that no longer fits is named where there is nothing else to go by", () =>
  withManyFiles(async (image) => {
    spawnSync("tune2fs", ["-f", "-O", "^read-only", image]);
    spawnSync("debugfs", ["-w", "-R", "set_inode_field many/f5 mtime 20200101000000", image]);
    const { code, stderr } = await icecore(["verify", image]);
    assert.equal(code, 1);
    assert.match(stderr, /no side file beside it, and the record .* cannot be used: its inodes/);
    await using reader = await openImage(image);
    await assert.rejects(reader.digests().next(), { code: "no-record" });
  }));

for (const blockSizeBytes of [1024, 4096] as const) {
  Deno.test(`any bit of an image that flips is found without a side file (${blockSizeBytes})`, () =>
    inTemporaryFolder(async (place) => {
      const built = buildTree(variedTree(300_000));
      const sound = imageBytes(built, planOf(built, { blockSizeBytes }));
      const image = join(place, "varied.img");
      writeFileSync(image, sound);
      await verifyImage(image);
      // One byte of each part that is written differently, and many anywhere.
      const regions = regionsOf(sound).map((one) => one.offsetBytes + (one.sizeBytes >> 1));
      const anywhere = Array.from(
        { length: 60 },
        (_, i) => Math.floor((i + 0.37) / 60 * sound.length),
      );
      for (const at of [...regions, ...anywhere, sound.length - 1]) {
        const bytes = Uint8Array.from(sound);
        bytes[at]! ^= 1 << at % 8;
        writeFileSync(image, bytes);
        assert.ok((await failuresOf(image)).length > 0, `byte ${at}`);
      }
    }));
}
