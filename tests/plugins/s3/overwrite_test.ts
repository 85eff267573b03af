import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { addLarge } from "../large_file.ts";
import type { StoreOptions } from "./store.ts";
import { assertStored, withStore } from "./with_store.ts";

Deno.test("an object that is there already is not overwritten, but on request", async () => {
  await withStore({ modern: true }, async (run) => {
    await run.build();
    const before = run.store.object("backup/out.img");
    writeFileSync(run.lab.at("source/more"), "more");
    await assert.rejects(
      run.build(),
      /there is an object of that name already. Choose another name/,
    );
    assert.deepEqual(run.store.object("backup/out.img"), before);
    await run.build({ overwrite: true });
    assertStored(run);
  });
});

for (const size of ["small", "large"]) {
  Deno.test(`a ${size} object that appears during the upload is not overwritten`, async () => {
    // The look beforehand does not see it, as if it came later.
    let isFirstLook = true;
    const fault: StoreOptions["fault"] = (request) => {
      const isLook = request.method === "HEAD" &&
        request.path.endsWith("out.img");
      if (!isLook || !isFirstLook) return undefined;
      isFirstLook = false;
      return { status: 404, code: "NotFound" };
    };
    await withStore({ fault, modern: true }, async (run) => {
      await run.build();
      const before = run.store.object("backup/out.img");
      writeFileSync(run.lab.at("source/more"), "more");
      if (size === "large") addLarge(run.lab);
      isFirstLook = true;
      await assert.rejects(run.build(), /there is an object of that name/);
      assert.deepEqual(run.store.object("backup/out.img"), before);
      assert.deepEqual(run.store.unfinished(), []);
    });
  });
}
