import assert from "node:assert/strict";
import { NameList } from "../../../source/name_list.ts";
import { PackedNames } from "../../../source/reading/packed_names.ts";

function packed(...names: string[]): Uint8Array {
  const list = new NameList();
  for (const name of names) list.add(new TextEncoder().encode(`${name}\0`));
  return list.packed(list.order());
}

function texts(names: Iterable<Uint8Array>): string[] {
  return Array.from(names, (name) => new TextDecoder().decode(name));
}

Deno.test("names are packed in their order, each once, and come back with their NUL", () => {
  assert.deepEqual(texts(new PackedNames(packed("b", "a", "ab", "b"))), ["a\0", "ab\0", "b\0"]);
  assert.deepEqual(texts(new PackedNames(packed())), []);
});

Deno.test("some names are taken at a time, and no more than there are", () => {
  const names = new PackedNames(packed("a", "bb", "ccc"));
  assert.equal(texts([names.take(2)])[0], "a\0bb\0");
  assert.equal(texts([names.next])[0], "ccc\0");
  assert.ok(!names.isAtEnd);
  assert.equal(texts([names.take(16)])[0], "ccc\0");
  assert.ok(names.isAtEnd);
  assert.equal(names.take(1).length, 0);
});
