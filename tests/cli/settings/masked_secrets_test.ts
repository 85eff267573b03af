import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { maskedSecrets } from "../../../cli/settings/masked_secrets.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("secrets that stand in options and use are masked, and nothing else", async () => {
  const job = {
    sources: ["/srv"],
    use: [
      { step: "age", name: "seal", options: { passphrase: "a", recipients: ["age1x"] } },
      { step: "./mine.ts", options: { token: "b", to: "vault", apiKey: "c" } },
      { step: "zstd" },
    ],
    options: {
      seal: { passphrase: "d" },
      "upload": { to: "https://me:secret@vault/x", timeout: 3 },
    },
  };
  assert.deepEqual(await maskedSecrets(job), {
    sources: ["/srv"],
    use: [
      { step: "age", name: "seal", options: { passphrase: "***", recipients: ["age1x"] } },
      { step: "./mine.ts", options: { token: "***", to: "vault", apiKey: "***" } },
      { step: "zstd" },
    ],
    options: {
      seal: { passphrase: "***" },
      "upload": { to: "https://vault/x", timeout: 3 },
    },
  });
});

Deno.test("--print-config prints no secret, for people and as JSON", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    const text = '[job.srv]\nsources = ["srv"]\nto = "backup"\nhost = "box"\n' +
      'use = [{ step = "age", options = { passphrase = "hunter2" } }]\n';
    writeFileSync(`${folder}/icecore.toml`, text, { mode: 0o600 });
    const args = ["run", "--config", "icecore.toml", "--print-config"];
    for (const more of [[], ["--json"]]) {
      const { code, stdout, stderr } = await icecore([...args, ...more], { cwd: folder });
      assert.equal(code, 0, stderr);
      assert.ok(!stdout.includes("hunter2") && stdout.includes("***"), stdout);
      assert.match(stdout, /host"? ?[=:] ?"box"/);
    }
  }));
