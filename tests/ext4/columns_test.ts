import assert from "node:assert/strict";
import { u32Column, WholeColumn } from "../../ext4/columns.ts";

Deno.test("a column grows where a row is behind its end, and keeps what it has", () => {
  const column = u32Column(2);
  for (let row = 0; row < 100; row++) column.withRoom(row)[row] = row * row;
  column.set(1000, 7);
  assert.deepEqual([column.array[99], column.array[100], column.array[1000]], [99 * 99, 0, 7]);
});

Deno.test("whole numbers keep their values when one needs more than 32 bits", () => {
  for (const initialLength of [undefined, 1, 64]) {
    const column = new WholeColumn(initialLength);
    const numbers = [0, 1, 0xffff_ffff, 5, 0x1_0000_0000, 0, 2 ** 53 - 1, 3];
    for (const [row, number] of numbers.entries()) column.set(row, number);
    assert.deepEqual(numbers.map((_, row) => column.at(row)), numbers);
  }
});

Deno.test("the first whole number may be a large one", () => {
  const column = new WholeColumn(4);
  column.set(0, 2 ** 40);
  column.set(1, 1);
  assert.deepEqual([column.at(0), column.at(1)], [2 ** 40, 1]);
});
