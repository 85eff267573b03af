/**
 * The keys of many names order them as those of single names do.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { NaturalKeys } from "../../serve/tree/natural_keys.ts";
import { naturalKey } from "../../serve/tree/sort_order.ts";

const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text);

function order(names: readonly string[]): string[] {
  const keys = new NaturalKeys();
  for (const name of names) keys.add(bytesOf(name));
  return names.map((_, i) => i).sort((a, b) => keys.compare(a, b) || a - b).map((i) => names[i]!);
}

Deno.test("numbers count as numbers, and case does not", () => {
  const names = [
    "img10",
    "IMG2",
    "img1",
    "img010",
    "a",
    "B",
    "\u00e9t\u00e9 3",
    "\u00c9t\u00e9 20",
  ];
  assert.deepEqual(order(names), [
    ...["a", "B", "img1", "IMG2", "img10", "img010"],
    ...["\u00e9t\u00e9 3", "\u00c9t\u00e9 20"],
  ]);
});

Deno.test("names are in the order of their keys, however long their numbers are", () => {
  const part = fc.oneof(
    fc.constantFrom("a", "B", " ", "0", "00", "\u00e9", "7".repeat(90), "3".repeat(79)),
    fc.nat().map(String),
  );
  const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  fc.assert(fc.property(fc.array(name, { maxLength: 20 }), (names) => {
    const sorted = order(names).map(naturalKey);
    assert.deepEqual(sorted, [...sorted].sort((a, b) => a < b ? -1 : a > b ? 1 : 0));
  }));
});
