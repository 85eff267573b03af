import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
import { buildImage } from "../../support/mounts/mounted_stack.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a layer on many inodes, which a thread of its own goes through, has what changed", () =>
  inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    for (let i = 0; i < 50; i++) {
      mkdirSync(`${source}/${i}`, { recursive: true });
      for (let k = 0; k < 1000; k++) writeFileSync(`${source}/${i}/${k}`, "");
    }
    const [full, byModule, byProgram] = ["full", "module", "program"]
      .map((name) => `${folder}/${name}.img`) as [string, string, string];
    await buildImage(source, full, { isChecked: false });
    writeFileSync(`${source}/7/new`, "new");
    writeFileSync(`${source}/8/8`, "changed");
    rmSync(`${source}/9/9`);
    await buildImage(source, byModule, { base: full });
    await icecoreOutput(["build", `${source}/.`, "--base", full, "-o", byProgram, "--quiet"]);
    for (const layer of [byModule, byProgram]) {
      const listed = await icecoreOutput(["find", layer, "--layer", "--type", "f"]);
      assert.deepEqual(listed.trim().split("\n").sort(), ["/7/new", "/8/8"]);
      await assert.rejects(icecoreOutput(["cat", layer, "9/9"]));
      assert.equal(await icecoreOutput(["cat", layer, "8/8"]), "changed");
    }
  }));
