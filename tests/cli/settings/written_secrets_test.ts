import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("the address of a webhook, or its token, is refused in settings, and not printed", () =>
  inTemporaryFolder(async (folder) => {
    const file = `${folder}/icecore.toml`;
    for (const name of ["url", "token"]) {
      const text = '[job.srv]\nsources = ["srv"]\nto = "b"\n[job.srv.notify]\n';
      writeFileSync(file, `${text}${name} = "https://hooks.example/s3cr3t"\n`, { mode: 0o600 });
      for (const more of [["--print-config"], []]) {
        const { code, stdout, stderr } = await icecore(["run", "srv", "--config", file, ...more]);
        assert.equal(code, 2);
        assert.ok(!`${stdout}${stderr}`.includes("s3cr3t"));
        assert.match(stderr, new RegExp(`line 5, job\\.srv\\.notify\\.${name}: it is a secret`));
      }
    }
  }));
