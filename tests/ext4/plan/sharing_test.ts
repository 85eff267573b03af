import assert from "node:assert/strict";
import { PlanError } from "../../../ext4/image_errors.ts";
import type { InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { equalRows } from "../../support/trees/equal_rows.ts";
import { buildTree, file, folder, type Node, socket } from "../../support/trees/tree_builder.ts";

const blockSizeBytes = 4096;
const root = (): Node =>
  folder({ a: file("x".repeat(9000)), b: file("x".repeat(9000)), c: file("y".repeat(9000)) });

async function placesOf(node: Node, equalTo?: Uint32Array) {
  const built = buildTree(node);
  const plan = planOf(built, { blockSizeBytes, equalTo: equalTo ?? equalRows(built) });
  const files = await openFileSystem(bytesSource(imageBytes(built, plan)));
  const place = async (path: string) =>
    (await files.storedFile((await files.stat(path)).inode as InodeNumber))!.stretches;
  return { plan, files, place };
}

Deno.test("equal files lie in the same blocks, others do not", async () => {
  const { plan, place } = await placesOf(root());
  assert.deepEqual(await place("a"), await place("b"));
  assert.notDeepEqual(await place("a"), await place("c"));
  assert.equal(plan.layout.countSharedFiles, 1);
  assert.equal(plan.layout.countSharedBlocks, 3);
  assert.equal(plan.layout.countDataBlocks, 6);
  assert.ok(plan.layout.features.includes("shared_blocks"));
});

Deno.test("each file counts all of its blocks, shared or not", async () => {
  const { files } = await placesOf(root());
  for (const path of ["a", "b", "c"]) {
    assert.equal((await files.stat(path)).allocatedBytes, 3 * blockSizeBytes, path);
  }
});

Deno.test("where no file has an equal, the image is the same as without looking for one", () => {
  const built = buildTree(folder({ a: file("1"), b: file("2"), empty: file(), none: file() }));
  const plan = planOf(built, { equalTo: equalRows(built) });
  assert.deepEqual(imageBytes(built, plan), imageBytes(built, planOf(built)));
});

Deno.test("files that are nothing but a hole share nothing", () => {
  const hole = { sizeBytes: 100_000, ranges: [], seed: 1 };
  const { layout } = planOf(buildTree(folder({ a: file(hole), b: file(hole) })), {
    equalTo: Uint32Array.of(0, 1, 1),
  });
  assert.equal(layout.countSharedFiles, 0);
  assert.ok(!layout.features.includes("shared_blocks"));
});

Deno.test("where the first of equal files is not stored, the next one takes its place", async () => {
  // The second row has a name that no folder can hold.
  const node = folder([["a/b", file("z".repeat(5000))], ["c", file("z".repeat(5000))], [
    "d",
    file("z".repeat(5000)),
  ]]);
  const { plan, place } = await placesOf(node);
  assert.deepEqual(plan.report.map(({ kind }) => kind), ["name-refused"]);
  assert.deepEqual(await place("c"), await place("d"));
  assert.equal(plan.layout.countDataBlocks, 2);
});

Deno.test("the names beyond what ext4 allows one file share its blocks as well", async () => {
  const many = file("m".repeat(5000));
  const names = Array.from({ length: 65_001 }, (_, i) => [`${i}`.padStart(5, "0"), many] as const);
  const { plan, place } = await placesOf(folder(names));
  assert.equal(plan.layout.countSharedFiles, 1);
  assert.equal(plan.layout.countDataBlocks, 2);
  assert.deepEqual(await place("00000"), await place("65000"));
});

const refused: Readonly<Record<string, { node: Node; equalTo: readonly number[] }>> = {
  "of other sizes": { node: folder({ a: file("1"), b: file("22") }), equalTo: [0, 1, 1] },
  "the later before the earlier": {
    node: folder({ a: file("1"), b: file("2") }),
    equalTo: [0, 2, 2],
  },
  "no files": { node: folder({ a: socket(), b: file("") }), equalTo: [0, 1, 1] },
  "with other holes": {
    node: folder({
      a: file({ sizeBytes: 20_000, ranges: [0, 4096] }),
      b: file({ sizeBytes: 20_000, ranges: [8192, 12_288] }),
    }),
    equalTo: [0, 1, 1],
  },
};
for (const [what, { node, equalTo }] of Object.entries(refused)) {
  Deno.test(`rows that are ${what} are refused`, () => {
    assert.throws(
      () => planOf(buildTree(node), { blockSizeBytes, equalTo: Uint32Array.from(equalTo) }),
      (error) => error instanceof PlanError && error.code === "bad-option",
    );
  });
}
