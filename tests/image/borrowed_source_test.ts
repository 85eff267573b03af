import assert from "node:assert/strict";
import { openSource } from "../../host/block_source/open_source.ts";
import { openImage } from "../../image/open_image.ts";
import { buildSmallImage } from "../support/images/small_image.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("a source that is handed on stays what it is: local, and of its own name", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = await buildSmallImage(folder);
    const source = await openSource(path);
    try {
      const longest: number[] = [];
      const counted = {
        sizeBytes: source.sizeBytes,
        shownName: source.shownName,
        isLocal: source.isLocal,
        read(offsetBytes: number, into: Uint8Array) {
          longest.push(into.length);
          return source.read(offsetBytes, into);
        },
      };
      await using image = await openImage(counted);
      assert.equal(image.shownName, path);
      for await (const _ of image.walk("/")) { /* reads all metadata */ }
      assert.ok(Math.max(...longest) <= 512 << 10, "read as what is local is read");
    } finally {
      source.close();
    }
  });
});
