import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openImage } from "../../image/open_image.ts";
import { type VerifyFailure, verifyImage } from "../../image/verify.ts";
import { failuresOf, flip, placeOf, withManyFiles } from "../support/images/damaged_image.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("an image without a side file is verified by its record", () =>
  withManyFiles(async (image) => {
    const { record, contents, digest } = await verifyImage(image);
    assert.equal(record.state, "sound");
    assert.equal(contents?.countFiles, 300);
    assert.equal(digest, undefined);
  }));

Deno.test("of 200 damaged files exactly these are named, and none is extracted", () =>
  withManyFiles(async (image, paths, place) => {
    const bytes = readFileSync(image);
    const damaged = paths.filter((_, i) => i % 3 !== 0);
    assert.equal(damaged.length, 200);
    for (const [i, path] of damaged.entries()) flip(bytes, (await placeOf(bytes, path)).at + i % 2);
    writeFileSync(image, bytes);
    const failures = await failuresOf(image);
    const named = failures.flatMap((one) => one.check === "contents" ? one.paths : [one.check]);
    assert.deepEqual(named.sort(), [...damaged].sort());

    const target = join(place, "out");
    const { code, stderr } = await icecore(["extract", image, "-o", target, "--quiet"]);
    assert.equal(code, 4, stderr);
    for (const path of paths) {
      assert.equal(existsSync(join(target, path)), !damaged.includes(path), path);
    }
    assert.equal(
      stderr.split("\n").filter((line) => line.includes("cannot trust many/")).length,
      200,
    );
  }));

Deno.test("with --salvage a damaged file is extracted, named, and the exit code is 3", () =>
  withManyFiles(async (image, _, place) => {
    const bytes = readFileSync(image);
    flip(bytes, (await placeOf(bytes, "many/f7")).at);
    writeFileSync(image, bytes);
    const target = join(place, "out");
    const args = ["extract", image, "many/f7", "-o", target, "--salvage", "--quiet"];
    const { code, stderr } = await icecore(args);
    assert.equal(code, 3);
    assert.match(stderr, /many\/f7/);
    assert.equal(readFileSync(join(target, "many/f7")).length, "7 ".length * 92);
  }));

Deno.test("cat and export print what they have, name a damaged file, and end with 4", () =>
  withManyFiles(async (image) => {
    const bytes = readFileSync(image);
    flip(bytes, (await placeOf(bytes, "many/f9")).at + 1);
    writeFileSync(image, bytes);
    const cat = await icecore(["cat", image, "many/f9"]);
    assert.equal(cat.code, 4);
    assert.equal(cat.bytes.length, "9 ".length * 118);
    assert.match(cat.stderr, /cannot trust many\/f9/);
    const part = await icecore(["cat", image, "many/f9", "--length", "8"]);
    assert.equal(part.code, 0, "a part cannot be compared");
    const exported = await icecore(["export", image, "--tar"]);
    assert.equal(exported.code, 4);
    assert.match(exported.stderr, /cannot trust many\/f9/);
    const list = execFileSync("tar", ["tf", "-"], { input: exported.bytes }).toString();
    assert.equal(list.split("\n").filter((name) => /many\/f\d/.test(name)).length, 300);
  }));

Deno.test("all names of a damaged file are named", () =>
  inTemporaryFolder(async (place) => {
    const source = join(place, "links");
    mkdirSync(source);
    writeFileSync(join(source, "one"), "the same");
    linkSync(join(source, "one"), join(source, "two"));
    const image = join(place, "links.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    const bytes = readFileSync(image);
    flip(bytes, (await placeOf(bytes, "links/two")).at);
    writeFileSync(image, bytes);
    const contents = (await failuresOf(image)).filter((one) => one.check === "contents");
    assert.deepEqual(contents.map((one) => one.check === "contents" && one.paths), [
      ["links/one", "links/two"],
    ]);
  }));

Deno.test("a byte behind a file's end is reported as that, and the file is extracted", () =>
  withManyFiles(async (image, _, place) => {
    const bytes = readFileSync(image);
    const { at } = await placeOf(bytes, "many/f5");
    flip(bytes, at + "5 ".length * 66 + 3);
    writeFileSync(image, bytes);
    const failures = await failuresOf(image);
    assert.deepEqual(failures.map((one) => one.check === "contents" && [one.code, one.paths]), [
      ["tail", ["many/f5"]],
    ]);
    const { code } = await icecore(["extract", image, "-o", join(place, "out"), "--quiet"]);
    assert.equal(code, 0);
  }));

Deno.test("every byte of the table that changes is found, and no file is blamed", () =>
  withManyFiles(async (image) => {
    const bytes = readFileSync(image);
    const { at } = await placeOf(bytes, "many/f5");
    const start = bytes.lastIndexOf("icecore\0");
    assert.ok(start > at);
    const length = 64 + 32 * (bytes.readUInt32LE(start + 16) + 1);
    for (let offset = 64; offset < length; offset += 509) {
      const changed = Uint8Array.from(bytes);
      flip(changed, start + offset);
      writeFileSync(image, changed);
      assert.deepEqual(
        (await failuresOf(image)).map(({ check }) => check),
        ["record"],
        `${offset}`,
      );
    }
  }));

Deno.test("a damaged inode hides no damaged file", () =>
  withManyFiles(async (image) => {
    const bytes = readFileSync(image);
    const { inode, at } = await placeOf(bytes, "many/f5");
    flip(bytes, at);
    const other = await placeOf(bytes, "many/f8");
    const tables = execFileSync("debugfs", ["-R", `imap <${other.inode}>`, image], {
      stdio: ["ignore", "pipe", "ignore"],
    }).toString();
    const [, block, offset] = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(tables)!;
    const blockSize = 1024 << bytes.readUInt32LE(1024 + 0x18);
    flip(bytes, Number(block) * blockSize + Number(offset) + 4);
    writeFileSync(image, bytes);
    const failures = await failuresOf(image);
    assert.ok(failures.some((one) => one.check === "structure"));
    const contents = failures.filter((one) => one.check === "contents");
    assert.deepEqual(contents.map((one) => one.check === "contents" && one.inode), [inode]);
  }));

/** Programs that change an image, and what becomes of its record. */
const changes: { name: string; argv: (image: string) => string[]; state: "sound" | "stale" }[] = [
  { name: "tune2fs -U", argv: (image) => ["tune2fs", "-f", "-U", "random", image], state: "sound" },
  { name: "e2fsck -fy", argv: (image) => ["e2fsck", "-fy", image], state: "sound" },
  { name: "tune2fs -L", argv: (image) => ["tune2fs", "-f", "-L", "new", image], state: "sound" },
  {
    name: "debugfs set_inode_field size",
    argv: (image) => ["debugfs", "-w", "-R", "set_inode_field many/f5 size 3", image],
    state: "stale",
  },
  {
    name: "debugfs set_inode_field mtime",
    argv: (image) => ["debugfs", "-w", "-R", "set_inode_field many/f5 mtime 20200101000000", image],
    state: "stale",
  },
];

for (const { name, argv, state } of changes) {
  testWith(
    { programs: [argv("")[0]!] },
    `after ${name} the record is ${state}, and no file is called damaged`,
    () =>
      withManyFiles(async (image) => {
        const [program, ...args] = argv(image);
        spawnSync("tune2fs", ["-f", "-O", "^read-only", image]);
        assert.ok((spawnSync(program!, args).status ?? 9) <= 1, name);
        const failures: VerifyFailure[] = [];
        const onFailure = (failure: VerifyFailure) => failures.push(failure);
        const { record } = await verifyImage(image, { digest: "never", onFailure });
        assert.equal(record.state, state);
        await using reader = await openImage(image);
        const contents = await reader.readFile("many/f6");
        assert.ok((await new Response(contents).text()).startsWith("6 6 "));
        assert.deepEqual(failures.filter(({ check }) => check === "contents"), []);
      }),
  );
}

Deno.test("a sample reads whole files, says its share, and its seed repeats it", () =>
  withManyFiles(async (image) => {
    const sample = { kind: "share", share: 0.1 } as const;
    const first = await verifyImage(image, { sample, seed: 42 });
    const again = await verifyImage(image, { sample, seed: 42 });
    assert.deepEqual(first.contents, again.contents);
    assert.equal(first.contents?.seed, 42);
    assert.ok(first.contents!.sizeBytes >= 0.1 * first.contents!.totalBytes);
    assert.ok(first.contents!.countFiles < 100);
    const { stderr } = await icecore(["verify", image, "--sample", "10%", "--seed", "42"]);
    assert.match(stderr, /verified \d+ files, .* --seed 42 repeats it/);
  }));

Deno.test("only the paths that are named are verified", () =>
  withManyFiles(async (image) => {
    const bytes = readFileSync(image);
    flip(bytes, (await placeOf(bytes, "many/f5")).at);
    writeFileSync(image, bytes);
    assert.equal((await icecore(["verify", image, "many/f6", "many/f7"])).code, 0);
    assert.equal((await icecore(["verify", image, "many/f5"])).code, 4);
  }));
