import assert from "node:assert/strict";
import { partSizes } from "../../../plugins/s3/part_sizes.ts";

const MIB = 2 ** 20;
const TIB = 2 ** 40;

Deno.test("parts of an image of known size are as large as 10,000 of them need to be", () => {
  const sizeOf = partSizes(8 * MIB, 5 * TIB);
  assert.ok(sizeOf(1) * 10_000 >= 5 * TIB);
  assert.equal(sizeOf(1), sizeOf(9999));
});

Deno.test("parts of an image of unknown size grow, so that 10,000 hold terabytes", () => {
  const sizeOf = partSizes(8 * MIB);
  assert.equal(sizeOf(1000), 8 * MIB);
  let total = 0;
  for (let number = 1; number <= 10_000; number++) total += sizeOf(number);
  assert.ok(total > 3e12, `room for ${total}`);
});
