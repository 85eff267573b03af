import assert from "node:assert/strict";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { ContentCheck } from "../../image/content_check.ts";
import { openImage } from "../../image/open_image.ts";
import { imageBytes, planOf } from "../support/images/write_image.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

const LONG = new Uint8Array(3 << 20).fill(7);
const TREE = folder({ a: file("first"), b: file("second"), long: file(LONG), longer: file(LONG) });

Deno.test("a file that was given up leaves nothing to the next", async () => {
  const built = buildTree(TREE);
  await using image = await openImage(bytesSource(imageBytes(built, planOf(built))));
  await (await image.record()).load();
  const check = await ContentCheck.of(image);
  assert.ok(check !== undefined);
  {
    for (const given of ["a", "long", "b", "longer"]) {
      await check.begin(await image.openFile(given));
      check.add(new Uint8Array(3), 0);
      for (const [name, contents] of [["a", "first"], ["long", LONG], ["b", "second"]] as const) {
        const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
        await check.begin(await image.openFile(name));
        check.add(bytes, 0);
        assert.equal(check.finish(), true, `${name} behind ${given}`);
      }
      await check.begin(await image.openFile(given));
      check.add(new Uint8Array(3), 0);
      const { inode } = await image.stat("b");
      assert.ok(check.matches(inode, new TextEncoder().encode("second")), `b behind ${given}`);
      assert.ok(!check.matches(inode, new TextEncoder().encode("seconds")));
    }
  }
});
