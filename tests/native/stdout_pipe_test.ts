import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { assertNothingBuilt, icecoreArgv, inLab, type Lab, start } from "../faults/lab.ts";
import { addLargeFile } from "./drive.ts";

/** A build to stdout whose first bytes have been read, and nothing more. */
async function begun(lab: Lab) {
  addLargeFile(lab, 40 * 2 ** 20);
  const build = start(lab, icecoreArgv(["build", "source", "-o", "-", "--quiet"]));
  const reader = build.stdout.getReader();
  const { value } = await reader.read();
  return { build, reader, first: value! };
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} ends a build to a pipe that nobody reads any more`, async () => {
    await inLab(async (lab) => {
      const { build, reader } = await begun(lab);
      build.kill(signal);
      const said = new Response(build.stderr).text();
      const { code } = await build.status;
      assert.equal(code, 130);
      const answer = signal === "SIGINT"
        ? "icecore: interrupting; Ctrl-C again to stop at once\n"
        : "";
      const ended = `icecore: interrupted by ${signal}: nothing was left behind\n`;
      assert.equal(await said, answer + ended);
      await reader.cancel();
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("a slow reader gets every byte, once and in order", async () => {
  await inLab(async (lab) => {
    const { build, reader, first } = await begun(lab);
    const hash = createHash("sha512").update(first);
    for (let waits = 0;; waits++) {
      if (waits < 20) await new Promise((resolve) => setTimeout(resolve, 5));
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
    }
    const said = await new Response(build.stderr).text();
    assert.equal((await build.status).code, 0, said);
    assert.equal(said, `${hash.digest("hex")}  -\n`);
    await assertNothingBuilt(lab);
  });
});
