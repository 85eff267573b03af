import assert from "node:assert/strict";
import fc from "fast-check";
import { TailBytes } from "../../../image/verify/tails.ts";

/** The same, byte by byte. */
function plainRange(bytes: Uint8Array, start: number, end: number): number[] | undefined {
  const dirty: number[] = [];
  for (let i = start; i < Math.min(end, bytes.length); i++) if (bytes[i] !== 0) dirty.push(i);
  return dirty.length === 0 ? undefined : [dirty[0]!, dirty.at(-1)! + 1];
}

Deno.test("what is not zero behind a file is found to the byte, wherever it lies", () => {
  const some = fc.record({
    length: fc.integer({ min: 0, max: 80 }),
    dirty: fc.array(fc.integer({ min: 0, max: 79 }), { maxLength: 3 }),
    start: fc.integer({ min: 0, max: 90 }),
    more: fc.integer({ min: 0, max: 90 }),
    offset: fc.integer({ min: 0, max: 2 ** 45 }),
  });
  fc.assert(fc.property(some, ({ length, dirty, start, more, offset }) => {
    const bytes = new Uint8Array(length);
    for (const at of dirty) if (at < length) bytes[at] = 1 + at % 255;
    const end = start + more;
    const plain = plainRange(bytes, start, end);
    const found = new TailBytes(bytes).dirtyRange(start, end, offset);
    assert.deepEqual(found, plain?.map((at) => offset + at));
  }));
});
