import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import type { Problem, Step } from "../../mod.ts";
import { pipeline, recipes } from "../../mod.ts";
import { openImage, verifyImage } from "../../read.ts";
import { assertE2fsckClean } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { pattern } from "../support/trees/source_folder.ts";

/** Three equal files, one that is not, and one block. */
function fill(folder: string): void {
  mkdirSync(`${folder}/source/inner`, { recursive: true });
  for (const name of ["a", "b", "inner/c"]) {
    writeFileSync(`${folder}/source/${name}`, pattern(3_000_000, 1));
  }
  writeFileSync(`${folder}/source/other`, pattern(3_000_000, 2));
  for (const name of ["x", "inner/y"]) writeFileSync(`${folder}/source/${name}`, "a block");
}

async function contentsOf(image: string, path: string): Promise<Uint8Array> {
  await using reader = await openImage(image);
  const pieces: Uint8Array[] = [];
  for await (const piece of await reader.readFile(path)) pieces.push(piece);
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

/** Does something when all that is equal is known, and before the first byte is written. */
const meddling = (meddle: () => void): Step => ({
  name: "meddle",
  after: "hash",
  stream() {
    meddle();
    return { sink: new WritableStream<Uint8Array>() };
  },
  run: () => {},
});

async function build(
  folder: string,
  meddle: () => void,
  options: { readonly record?: boolean; readonly strict?: boolean } = {},
): Promise<{ problems: string[]; lossy: boolean }> {
  const problems: Problem[] = [];
  const { lossy } = await pipeline(recipes.native)
    .with("pack", { dedupe: true, record: options.record ?? true })
    .use(meddling(meddle))
    .run({
      sources: [`${folder}/source/.`],
      output: `${folder}/out.img`,
      strict: options.strict ?? false,
      emit: (event) => event.type === "problem" && problems.push(event.problem),
    });
  return { problems: problems.map(({ kind, path }) => `${kind} ${path.split("/").at(-1)}`), lossy };
}

testWith(
  { programs: ["e2fsck"] },
  "equal files are stored once, and read back whole",
  () =>
    inTemporaryFolder(async (folder) => {
      fill(folder);
      const plain = `${folder}/plain.img`;
      const image = `${folder}/out.img`;
      await icecoreOutput(["build", `${folder}/source`, "-o", plain, "--quiet"]);
      await icecoreOutput(["build", `${folder}/source`, "-o", image, "--dedupe", "--quiet"]);
      assertE2fsckClean(image);
      assert.ok(statSync(plain).size - statSync(image).size >= 6_000_000);
      for (const name of ["a", "b", "inner/c", "other", "x", "inner/y"]) {
        const stored = await contentsOf(image, `source/${name}`);
        assert.deepEqual(stored, new Uint8Array(readFileSync(`${folder}/source/${name}`)), name);
      }
      const { contents } = await verifyImage(image, { sources: [`${folder}/source`] });
      assert.equal(contents!.countFiles, 6);
      const again = `${folder}/again.img`;
      await icecoreOutput(["build", `${folder}/source`, "-o", again, "--dedupe", "--quiet"]);
      assert.deepEqual(readFileSync(again), readFileSync(image), "the same bytes");
      await icecoreOutput(["diff", image, plain]);
    }),
);

Deno.test("summary and dry run say what is saved, and what is read twice", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    const args = ["build", "source", "-o", "out.img", "--dedupe"];
    const dry = await icecore([...args, "--dry-run"], { cwd: folder });
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /files in the blocks of equal ones: 3\n/);
    assert.match(dry.stdout, /saved by that: 5\.73 MiB \(6,0\d\d,\d{3} bytes\)\n/);
    assert.match(dry.stdout, /read twice for it: 2\.88 MiB/);
    const { code, stderr } = await icecore(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^saved +5\.73 MiB in 3 files equal to others$/m);
    assert.match(stderr, /^read twice +2\.88 MiB to find them$/m);
    const json = await icecore([...args, "--force", "--json"], { cwd: folder });
    const { image } = JSON.parse(json.stdout.trimEnd().split("\n").at(-1)!);
    assert.equal(image.report.sharing.countFiles, 3);
  }));

Deno.test("the image is the same on stdout as in a file, with and without a record", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    for (const more of [[], ["--without-record"]]) {
      const args = ["build", "source", "--dedupe", "--quiet", ...more, "-o"];
      await icecoreOutput([...args, "out.img", "--force"], folder);
      const { bytes, code } = await icecore([...args, "-"], { cwd: folder });
      assert.equal(code, 0);
      assert.deepEqual(bytes, new Uint8Array(readFileSync(`${folder}/out.img`)));
    }
  }));

for (const record of [true, false]) {
  const how = record ? "with" : "without";
  Deno.test(`a file that changes before it is read is stored from an equal one, ${how} a record`, () =>
    inTemporaryFolder(async (folder) => {
      fill(folder);
      const change = () => writeFileSync(`${folder}/source/a`, pattern(3_000_000, 7));
      const { problems, lossy } = await build(folder, change, { record });
      assert.deepEqual([problems, lossy], [[], false], "nothing is lost");
      for (const name of ["a", "b", "inner/c"]) {
        assert.deepEqual(await contentsOf(`${folder}/out.img`, name), pattern(3_000_000, 1), name);
      }
    }));

  Deno.test(`where all equal files change, all are named, ${how} a record`, () =>
    inTemporaryFolder(async (folder) => {
      fill(folder);
      const change = () => {
        writeFileSync(`${folder}/source/a`, pattern(3_000_000, 7));
        truncateSync(`${folder}/source/b`, 100);
        rmSync(`${folder}/source/inner/c`);
      };
      const { problems, lossy } = await build(folder, change, { record });
      assert.deepEqual(problems.toSorted(), ["changed a", "changed b", "changed c"]);
      assert.ok(lossy);
      if (record) await verifyImage(`${folder}/out.img`, { digest: "auto" });
      assert.deepEqual(await contentsOf(`${folder}/out.img`, "other"), pattern(3_000_000, 2));
    }));
}

Deno.test("a strict build fails where files that were to be stored once have changed", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    const change = () => {
      for (const name of ["a", "b", "inner/c"]) {
        writeFileSync(`${folder}/source/${name}`, pattern(3_000_000, 7));
      }
    };
    await assert.rejects(build(folder, change, { strict: true }), { code: "source-lost" });
  }));

Deno.test("while another process writes, all that is stored is whole, or named", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    const names = Array.from({ length: 24 }, (_, i) => `f${i}`);
    const SIZE = 400_000;
    for (const name of names) writeFileSync(`${folder}/source/${name}`, new Uint8Array(SIZE));
    // Each file always holds one byte over and over, or is being written at that moment.
    const script = `
      const names = ${JSON.stringify(names)};
      for (let round = 1;; round++) {
        const name = names[round % names.length];
        using file = Deno.openSync("${folder}/source/" + name, { write: true });
        file.writeSync(new Uint8Array(${SIZE}).fill(round % 3));
        await new Promise((resolve) => setTimeout(resolve, round % 7));
      }`;
    writeFileSync(`${folder}/writer.ts`, script);
    const writer = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", `${folder}/writer.ts`],
    }).spawn();
    try {
      for (let round = 0; round < 6; round++) {
        rmSync(`${folder}/out.img`, { force: true });
        rmSync(`${folder}/out.img.sha512`, { force: true });
        const { problems } = await build(folder, () => {});
        for (const name of names) {
          if (problems.some((problem) => problem.endsWith(` ${name}`))) continue;
          const stored = await contentsOf(`${folder}/out.img`, name);
          assert.equal(stored.length, SIZE, name);
          assert.ok(stored.every((byte) => byte === stored[0]), `${name} is whole`);
        }
        await verifyImage(`${folder}/out.img`);
      }
    } finally {
      writer.kill();
      await writer.status;
    }
  }));

Deno.test("a recipe that does not pack refuses it", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    const args = ["build", "source", "--dedupe", "--recipe", "e2fsprogs"];
    const { code, stderr } = await icecore(args, { cwd: folder });
    assert.equal(code, 2);
    assert.match(stderr, /cannot use --dedupe with the recipe e2fsprogs/);
  }));

Deno.test("a copy of all files costs their metadata", () =>
  inTemporaryFolder(async (folder) => {
    fill(folder);
    const size = async () => {
      const args = ["build", "source", "-o", "out.img", "--dedupe", "--quiet", "--force"];
      await icecoreOutput([...args, "--block-size", "4096"], folder);
      return statSync(`${folder}/out.img`).size;
    };
    const before = await size();
    for (const name of ["a", "b", "other", "x"]) {
      copyFileSync(`${folder}/source/${name}`, `${folder}/source/${name}-copy`);
    }
    assert.ok(await size() - before <= 4096, "four inodes and their names");
  }));
