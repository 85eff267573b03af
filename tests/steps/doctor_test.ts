import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { diagnose, recipes, type Step } from "../../mod.ts";
import { setEnvironment } from "../support/environment.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const plugin: Step = { name: "vault", tools: ["vault-cli", "mount"], run: () => {} };

Deno.test("programs are looked for that the steps of recipes and plugins declare", async () => {
  await inTemporaryFolder(async (folder) => {
    const declared = recipes.e2fsprogs.steps.flatMap(({ tools = [] }) => tools);
    // One tells its version by another flag, and on stderr.
    const text = '#!/bin/sh\ncase $1 in -V) echo "tool 1.47.2 (1-Jan-2025)" >&2; exit 1;; esac\n';
    for (const name of declared) {
      writeFileSync(`${folder}/${name}`, text);
      chmodSync(`${folder}/${name}`, 0o755);
    }
    using _environment = setEnvironment({ PATH: folder });
    const { findings, abilities } = await diagnose([plugin]);
    for (const name of declared) {
      const { ok, detail } = findings.find((finding) => finding.name === name)!;
      assert.deepEqual({ ok, detail }, { ok: true, detail: "1.47.2" }, name);
    }
    assert.equal(findings.filter(({ name }) => name === "mount").length, 1);
    const missing = Object.fromEntries(abilities.map((each) => [each.name, each.missing]));
    assert.deepEqual(missing["recipe native"], []);
    assert.deepEqual(missing["mounting without root"], ["fuse2fs"]);
    assert.deepEqual(missing["plugin vault"], ["vault-cli"]);
  });
});
