import assert from "node:assert/strict";
import type { Step } from "../../../mod.ts";
import { fileForm } from "../../../plugin.ts";
import { build, inPlace } from "../../plugins/building.ts";

Deno.test("what cannot be undone is reported behind why it failed", async () => {
  const stream: Step["stream"] = () => ({
    sink: new WritableStream({ write: () => Promise.reject(new Error("server gone")) }),
    abort: () => Promise.reject(new Error("cannot take it back")),
  });
  const sending: Step = {
    name: "sending",
    after: "hash",
    shell: false,
    stream,
    run: fileForm("sent", stream),
  };
  await inPlace(async (place) => {
    await assert.rejects(build(place, [[sending]], "file"), {
      message: "step sending failed: server gone. Then: cannot clean up: cannot take it back. " +
        "Run: icecore clean",
    });
  });
});
