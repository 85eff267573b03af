import assert from "node:assert/strict";
import { compareBytes } from "../../../../ext4/compare_bytes.ts";
import type { InodeNumber } from "../../../../ext4/numbers.ts";
import { EntryList } from "../../../../ext4/reader/walk/entry_list.ts";
import { someStat } from "./some_stat.ts";

function listOf(names: readonly Uint8Array[]): EntryList {
  const list = new EntryList();
  names.forEach((bytes, i) => {
    const stat = someStat({ inode: i + 1 as InodeNumber });
    list.add({ bytes, nameAt: 0, nameLength: bytes.length }, stat);
  });
  return list.sort();
}

Deno.test("entries come in the order of the bytes of their names, each with its own metadata", () => {
  const letters = [1, 46, 47, 97, 98, 255];
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 100; round++) {
    const names = Array.from(
      { length: random(60) },
      () =>
        Uint8Array.from([
          97,
          97,
          ...Array.from({ length: 1 + random(9) }, () => letters[random(6)]!),
        ]),
    );
    const list = listOf(names);
    assert.equal(list.length, names.length);
    const got = [...list];
    assert.deepEqual(got.map((entry) => entry.name), names.toSorted(compareBytes));
    for (const entry of got) {
      assert.deepEqual(names[entry.stat.inode - 1], entry.name);
    }
  }
});

Deno.test("ten thousand names of 255 bytes are kept, and may be gone through twice", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => {
    const text = String((i * 7919) % 10_000).padStart(255, "x");
    return new TextEncoder().encode(text);
  });
  const list = listOf(names);
  const sorted = names.toSorted(compareBytes);
  for (let round = 0; round < 2; round++) {
    let i = 0;
    for (const { name, inode } of list) {
      assert.equal(compareBytes(name, sorted[i++]!), 0);
      assert.equal(compareBytes(name, names[inode - 1]!), 0);
    }
    assert.equal(i, names.length);
  }
});

Deno.test("a list that is drained gives out the same, in whatever order it was filled", () => {
  for (const step of [1, 7919]) {
    const names = Array.from(
      { length: 10_000 },
      (_, i) => new TextEncoder().encode(String((i * step) % 10_000).padStart(5, "0")),
    );
    const expected = [...listOf(names)].map(({ nameText, inode }) => [nameText, inode]);
    const drained: unknown[] = [];
    for (const { nameText, stat } of listOf(names).drain()) drained.push([nameText, stat.inode]);
    assert.deepEqual(drained, expected);
  }
});
