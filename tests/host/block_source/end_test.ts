import assert from "node:assert/strict";
import { openSource } from "../../../host/block_source/open_source.ts";
import { rangeServer } from "../../support/servers/range_server.ts";
import { pattern } from "../../support/trees/source_folder.ts";

Deno.test("a read past the end of a remote image fails, within its first bytes and behind", async () => {
  for (const sizeBytes of [1000, 1_000_000]) {
    await using server = await rangeServer(pattern(sizeBytes, 3));
    const source = await openSource(server.url);
    try {
      const into = new Uint8Array(100);
      await source.read(sizeBytes - 100, into);
      await assert.rejects(
        async () => await source.read(sizeBytes - 99, into),
        { code: "image-changed", message: /up to byte \d+: it has \d+ bytes\./ },
      );
    } finally {
      source.close();
    }
  }
});
