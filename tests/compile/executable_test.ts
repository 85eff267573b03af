import assert from "node:assert/strict";
import configuration from "../../deno.json" with { type: "json" };
import { compile, run } from "./compile.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("the executable built with Bun needs nothing beside it", async (t) => {
  await inTemporaryFolder(async (folder) => {
    const executable = `${folder}/icecore`;

    await t.step("compile.sh builds it and tries it out", async () => {
      const { code, stdout, stderr } = await compile([
        "--runtime",
        "bun",
        "-o",
        executable,
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`icecore ${configuration.version}`));
      assert.match(stderr, /built and verified a tiny image/);
    });

    await t.step(
      "it prints its version with no PATH, from another folder",
      async () => {
        const { code, stdout } = await run(executable, ["--version"], {
          cwd: "/",
          env: { PATH: "" },
        });
        assert.equal(code, 0);
        assert.match(stdout, new RegExp(`${configuration.version}`));
      },
    );

    await t.step(
      "it refuses a source that is missing, and leaves nothing behind",
      async () => {
        const argv = [
          "build",
          `${folder}/missing`,
          "-o",
          `${folder}/missing.img`,
        ];
        const { code, stderr } = await run(executable, argv, { cwd: folder });
        assert.match(
          stderr,
          /cannot read .*\/missing: it does not exist\. Check the path\./,
        );
        assert.equal(code, 1);
        const left = [...Deno.readDirSync(folder)].map((entry) => entry.name);
        assert.deepEqual(left, ["icecore"]);
      },
    );
  });
});
