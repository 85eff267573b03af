import assert from "node:assert/strict";
import fc from "fast-check";
import { readdirSync } from "node:fs";
import { SortedRows } from "../../../volumes/cut/sorted_rows.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("rows are sorted by their keys, in memory or by a file, and stay in their order", async () => {
  await inTemporaryFolder((folder) => {
    const values = fc.oneof(fc.nat(3), fc.nat(0xffff_ffff));
    const rows = fc.array(fc.tuple(values, values), { maxLength: 300 });
    fc.assert(fc.property(rows, fc.constantFrom(1, 7, 100, 1000), (all, stretch) => {
      const sorted = new SortedRows(3, 2, `${folder}/x`, stretch);
      for (const [index, [a, b]] of all.entries()) sorted.add(a, b, index);
      assert.equal(sorted.countRows, all.length);
      const expected = all.map(([a, b], index) => [a, b, index])
        .sort((x, y) => x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!);
      const read = () => Array.from(sorted.sorted(), (row) => [...row]);
      assert.deepEqual(read(), expected);
      assert.deepEqual(read(), expected);
      sorted.close();
    }));
    assert.deepEqual(readdirSync(folder), []);
  });
});
