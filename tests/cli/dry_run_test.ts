import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { icecore } from "../support/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("a dry run refuses an output as the build would, in the same words", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/there.img`, "");
    writeFileSync(`${folder}/side.img.sha512`, "");
    for (
      const output of [
        "there.img",
        "side.img",
        "missing/x.img",
        `${"x".repeat(250)}.img`,
      ]
    ) {
      const args = ["build", "source", "-o", output];
      const dry = await icecore([...args, "--dry-run"], { cwd: folder });
      const built = await icecore(args, { cwd: folder });
      assert.deepEqual([dry.code, dry.stdout, dry.stderr], [
        1,
        "",
        built.stderr,
      ], output);
    }
  });
});

Deno.test("a dry run leaves nothing, and --force makes it plan a replacement", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/there.img`, "");
    const args = ["build", "source", "-o", "there.img", "--dry-run", "--force"];
    const { code, stdout, stderr } = await icecore(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Would build .*there\.img/);
    assert.deepEqual(readdirSync(folder).sort(), ["source", "there.img"]);
  });
});
