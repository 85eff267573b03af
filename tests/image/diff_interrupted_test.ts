import assert from "node:assert/strict";
import { diffImages } from "../../image/diff.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("diff that waits for a server ends at once when it is cancelled", async () => {
  await inTemporaryFolder(async (folder) => {
    await using server = await rangeServer(new Uint8Array(5000));
    const cancelling = new AbortController();
    const reason = new Error("cancelled");
    server.fault = () => {
      cancelling.abort(reason);
      return { stall: "before-head" };
    };
    const { signal } = cancelling;
    await assert.rejects(diffImages(server.url, folder, { signal }), reason);
    await assert.rejects(diffImages(folder, server.url, { signal }), reason);
  });
});
