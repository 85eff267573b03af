import assert from "node:assert/strict";
import { nameOf, S_IFDIR, S_IFREG, type TreeEntry, type TreeInode } from "../../ext4/tree.ts";
import { TreeBuilder } from "../../ext4/tree_builder.ts";

const owner = { uid: 0, gid: 0 };
const at = (seconds: number) => ({ seconds, nanoseconds: seconds % 1000 });
const encoder = new TextEncoder();

function treeOf(atimes: readonly (number | undefined)[], expectedRows?: number) {
  const builder = new TreeBuilder(expectedRows);
  for (const [row, atime] of atimes.entries()) {
    const mode = row === 0 ? S_IFDIR | 0o755 : S_IFREG | 0o644;
    const times = { mtime: at(100 + row), ...(atime === undefined ? {} : { atime: at(atime) }) };
    const inode = builder.addInode({ ...owner, mode, sizeBytes: row, ...times });
    const name = encoder.encode(`n${String(row).padStart(5, "0")}`);
    if (row > 0) builder.addName(0 as TreeInode, name, inode);
  }
  return builder.tree();
}

Deno.test("a tree whose access times are all those of modification has no column of them", () => {
  assert.equal(treeOf([undefined, undefined]).atime, undefined);
});

Deno.test("access times that are left out are those of modification", () => {
  const { atime } = treeOf([undefined, undefined, 7, undefined, 9]);
  assert.deepEqual([...atime!.seconds.subarray(0, 5)], [100, 101, 7, 103, 9]);
  assert.deepEqual([...atime!.nanoseconds.subarray(0, 5)], [100, 101, 7, 103, 9]);
});

Deno.test("a tree of more rows than were expected has all of them", () => {
  const tree = treeOf(Array.from({ length: 5000 }, (_, row) => row === 3000 ? 1 : undefined), 2);
  const text = (entry: number) => new TextDecoder().decode(nameOf(tree, entry as TreeEntry));
  assert.deepEqual([tree.countInodes, tree.countEntries, tree.countChildren[0]], [
    5000,
    4999,
    4999,
  ]);
  for (const row of [1, 2, 3, 2999, 3000, 4999]) {
    assert.equal(text(row - 1), `n${String(row).padStart(5, "0")}`);
    assert.deepEqual(
      [
        tree.entryInode[row - 1],
        tree.entryParent[row - 1],
        tree.nameEntry[row],
        tree.countNames[row],
      ],
      [row, 0, row - 1, 1],
    );
    assert.deepEqual([tree.sizeBytes[row], tree.mtime.seconds[row]], [row, 100 + row]);
    assert.equal(tree.atime!.seconds[row], row === 3000 ? 1 : 100 + row);
  }
});
