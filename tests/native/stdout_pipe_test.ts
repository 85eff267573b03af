import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import {
  assertNothingBuilt,
  icecoreArgv,
  inLab,
  type Lab,
  start,
} from "../faults/lab.ts";
import { addLargeFile } from "./drive.ts";

/** A build to stdout whose first bytes have been read, and nothing more. */
async function begun(lab: Lab) {
  addLargeFile(lab, 40 * 2 ** 20);
  const build = start(
    lab,
    icecoreArgv(["build", "source", "-o", "-", "--quiet"]),
  );
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
      const ended =
        `icecore: interrupted by ${signal}: nothing was left behind\n`;
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

Deno.test("an image whose record takes several buffers reaches a pipe, and steps behind pack, whole", async () => {
  await inLab(async (lab) => {
    // 32 bytes a file: more than two buffers of 1 MiB.
    for (let i = 0; i < 70; i++) {
      mkdirSync(lab.at(`source/d${i}`));
      for (let k = 0; k < 1000; k++) {
        writeFileSync(lab.at(`source/d${i}/${k}`), "content");
      }
    }
    writeFileSync(
      lab.at("sum.ts"),
      `import { createHash } from "node:crypto";
      export default {
        name: "sum",
        after: "hash",
        stream() {
          const hash = createHash("sha512");
          return {
            sink: new WritableStream({ write: (bytes) => void hash.update(bytes) }),
            finish: () => Promise.resolve(console.error("sum " + hash.digest("hex"))),
          };
        },
        run() {},
      };`,
    );
    const build = start(
      lab,
      icecoreArgv(["build", "source", "-o", "-", "--quiet"]),
    );
    const { stdout, stderr } = await build.output();
    const digest = createHash("sha512").update(stdout).digest("hex");
    assert.equal(new TextDecoder().decode(stderr), `${digest}  -\n`);
    const args = [
      "build",
      "source",
      "-o",
      "x.img",
      "--quiet",
      "--use",
      "./sum.ts",
    ];
    const streamed = await start(lab, icecoreArgv(args)).output();
    assert.equal(new TextDecoder().decode(streamed.stderr), `sum ${digest}\n`);
  });
});
