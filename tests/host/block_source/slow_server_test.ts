import assert from "node:assert/strict";
import { httpServer } from "../../../host/block_source/http_server.ts";
import { openRemoteSource } from "../../../host/block_source/remote_source.ts";
import { rangeServer } from "../../support/servers/range_server.ts";
import { pattern } from "../../support/trees/source_folder.ts";

const image = pattern(100, 3);
const quick = { retryDelayMs: 1, countRetries: 2, timeoutMs: 500 };

for (const leastBytesPerMinute of [1000, 0]) {
  Deno.test(`a server that sends a byte at a time, with at least ${leastBytesPerMinute}`, async () => {
    await using server = await rangeServer(image);
    server.fault = () => ({ trickleEveryMs: 10 });
    const options = { ...quick, leastBytesPerMinute };
    const opening = openRemoteSource(httpServer(server.url), options, 100);
    if (leastBytesPerMinute === 0) return (await opening).close();
    await assert.rejects(opening, {
      code: "unreachable",
      message: /: only \d+ bytes came in 0\.1 s \(tried 3 times\)\. Check the network/,
    });
    assert.equal(server.requests.length, 3);
  });
}
