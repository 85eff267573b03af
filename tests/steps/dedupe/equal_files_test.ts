import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { TreeInode } from "../../../ext4/tree.ts";
import { Breather } from "../../../host/breathe.ts";
import { placeSources } from "../../../source/placement.ts";
import { scannedSource } from "../../../source/scanned_source.ts";
import { walk } from "../../../source/walk.ts";
import {
  type Equality,
  findEqualFiles,
  type KnownDigests,
} from "../../../steps/dedupe/equal_files.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { pattern } from "../../support/trees/source_folder.ts";

interface Found extends Equality {
  /** Names of equal files, the first before the others. */
  readonly equal: readonly (readonly string[])[];
  /** Bytes that a limit was asked for. */
  readonly pacedBytes: number;
  digestOf(name: string): string | undefined;
  rowOf(name: string): TreeInode;
}

async function find(
  folder: string,
  meddle: () => void = () => {},
  known: (rowOf: (name: string) => TreeInode) => KnownDigests = () => new Map(),
): Promise<Found> {
  const { signal } = new AbortController();
  const source = scannedSource(
    await walk(placeSources([`${folder}/.`]), {
      exclude: [],
      oneFileSystem: false,
      allTimes: false,
      signal,
      onProgress: () => {},
      onProblem: () => {},
    }),
  );
  try {
    const { tree } = source;
    const nameOf = (row: number) =>
      source.pathOf(row as TreeInode).slice(folder.length).replace(/^[/.]+/, "");
    const rows = Array.from({ length: tree.countInodes }, (_, row) => row as TreeInode);
    const rowOf = (name: string) => rows.find((row) => nameOf(row) === name)!;
    meddle();
    let pacedBytes = 0;
    const pace = { take: (bytes: number) => Promise.resolve(void (pacedBytes += bytes)) };
    const found = await findEqualFiles(known(rowOf), {
      source,
      breather: new Breather(signal),
      pace,
      onProgress: () => {},
    });
    const groups = [...found.groups.values()];
    const digests = new Map(groups.map(({ owner, digest }) => [nameOf(owner), digest]));
    return {
      ...found,
      equal: groups.map(({ owner, twins }) => [owner, ...twins].map(nameOf)),
      digestOf(name) {
        const digest = digests.get(name);
        return digest && [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      },
      rowOf,
      pacedBytes,
    };
  } finally {
    source.close();
  }
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

Deno.test("equal files are found, of any size, whatever their names and times are", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/deep/er`, { recursive: true });
    for (const [i, size] of [1, 700, 4096, 300_000, 3_500_000].entries()) {
      const bytes = pattern(size, i);
      writeFileSync(`${folder}/a${size}`, bytes);
      writeFileSync(`${folder}/deep/er/b${size}`, bytes);
      writeFileSync(`${folder}/near${size}`, bytes.with(size - 1, bytes[size - 1]! ^ 1));
    }
    utimesSync(`${folder}/a700`, 1, 1);
    const { equal, digestOf, readTwiceBytes, pacedBytes } = await find(folder);
    const sizes = [1, 700, 4096, 300_000, 3_500_000];
    assert.deepEqual(
      equal.map((names) => names.toSorted()).sort(),
      sizes.map((size) => [`a${size}`, `deep/er/b${size}`]).sort(),
    );
    for (const size of sizes) {
      const bytes = new Uint8Array(readFileSync(`${folder}/a${size}`));
      assert.equal(digestOf(`a${size}`) ?? digestOf(`deep/er/b${size}`), sha256(bytes));
    }
    const all = 2 * sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(readTwiceBytes <= all + 6 * 4096, "all that are stored, and no more");
    assert.equal(pacedBytes, all * 3 / 2 + 6 * 4096, "a limit counts all that is read");
  }));

Deno.test("names of one file, empty files and files of one size of their own are not read", () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/one`, "one and the same");
    linkSync(`${folder}/one`, `${folder}/two`);
    writeFileSync(`${folder}/empty`, "");
    writeFileSync(`${folder}/void`, "");
    writeFileSync(`${folder}/alone`, "x".repeat(100_000));
    const { equal, readTwiceBytes } = await find(folder);
    assert.deepEqual(equal, []);
    assert.equal(readTwiceBytes, 0);
  }));

Deno.test("large files of one size that are not alike are told apart by a page of each", () =>
  inTemporaryFolder(async (folder) => {
    for (let i = 0; i < 5; i++) writeFileSync(`${folder}/${i}`, pattern(4_000_000, 13 * i));
    copyFileSync(`${folder}/3`, `${folder}/copy`);
    const { equal, readTwiceBytes } = await find(folder);
    assert.deepEqual(equal.map((names) => names.toSorted()), [["3", "copy"]]);
    assert.equal(readTwiceBytes, 4_000_000 + 6 * 4096);
  }));

Deno.test("files with holes are equal where their holes are", () =>
  inTemporaryFolder(async (folder) => {
    const sparse = (name: string, at: readonly number[], sizeBytes = 40 * 2 ** 20) => {
      writeFileSync(`${folder}/${name}`, "");
      truncateSync(`${folder}/${name}`, sizeBytes);
      const fd = openSync(`${folder}/${name}`, "r+");
      for (const offset of at) writeSync(fd, pattern(65_536, 1), 0, 65_536, offset);
    };
    sparse("a", [0, 8 << 20]);
    sparse("b", [0, 8 << 20]);
    sparse("c", [0, 9 << 20]);
    sparse("hole", []);
    sparse("nothing", []);
    if (statSync(`${folder}/a`).blocks * 512 > 10 << 20) return;
    const { equal } = await find(folder);
    assert.deepEqual(equal.map((names) => names.toSorted()), [["a", "b"]]);
  }));

Deno.test("a file that changes while it is compared is not a twin", () =>
  inTemporaryFolder(async (folder) => {
    for (const name of ["a", "b", "c"]) writeFileSync(`${folder}/${name}`, "same contents");
    const changed = () => writeFileSync(`${folder}/b`, "Same contents");
    assert.deepEqual((await find(folder, changed)).equal.map((names) => names.toSorted()), [
      ["a", "c"],
    ]);
  }));

Deno.test("digests that are known are believed, and their files not read", () =>
  inTemporaryFolder(async (folder) => {
    for (const name of ["a", "b", "c", "d"]) {
      writeFileSync(`${folder}/${name}`, pattern(600_000, 1));
    }
    const digest = createHash("sha256").update(pattern(600_000, 1)).digest();
    const all = await find(
      folder,
      undefined,
      (rowOf) => new Map(["a", "b", "c", "d"].map((name) => [rowOf(name), new Uint8Array(digest)])),
    );
    assert.equal(all.equal[0]!.length, 4);
    assert.equal(all.readTwiceBytes, 0);
    assert.equal(all.countKnown, 4);
    const some = await find(
      folder,
      undefined,
      (rowOf) => new Map(["a", "b", "c"].map((name) => [rowOf(name), new Uint8Array(digest)])),
    );
    assert.equal(some.equal[0]!.length, 4);
    assert.equal(some.countKnown, 3);
    assert.ok(some.readTwiceBytes <= 4 * 4096, "the fourth is a twin, and read once");
  }));
