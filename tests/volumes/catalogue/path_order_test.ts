import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytes } from "../../../ext4/compare_bytes.ts";
import { comparePaths, isWithin } from "../../../volumes/catalogue/path_order.ts";

const encoder = new TextEncoder();
const name = fc.stringMatching(/^[a.\- 0é]{1,3}$/);
const path = fc.array(name, { maxLength: 4 });
const bytesOf = (names: readonly string[]) => encoder.encode(names.join("/"));

/** Name by name. */
function compareNames(a: readonly string[], b: readonly string[]): number {
  for (const [i, each] of a.entries()) {
    if (i === b.length) return 1;
    const order = compareBytes(encoder.encode(each), encoder.encode(b[i]!));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

Deno.test("paths stand in the order of their names, a folder right before what is in it", () => {
  fc.assert(fc.property(path, path, (a, b) => {
    const order = Math.sign(comparePaths(bytesOf(a), bytesOf(b)));
    assert.equal(order, Math.sign(compareNames(a, b)), `${a.join("/")} and ${b.join("/")}`);
  }));
});

Deno.test("a path is within its folder and those above, and in no other", () => {
  fc.assert(fc.property(path, path, (a, b) => {
    const isBelow = b.every((each, i) => a[i] === each);
    assert.equal(isWithin(bytesOf(a), bytesOf(b)), isBelow, `${a.join("/")} in ${b.join("/")}`);
  }));
});
