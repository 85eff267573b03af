import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { icecore, inLab } from "../faults/lab.ts";
import { put } from "../loading/attempt.ts";

const SECRET = "correct horse battery";

/** Everything that is started writes its environment down; no step has a secret option. */
const starters: Readonly<Record<string, string>> = {
  "script.sh": `#!/bin/sh\nenv > "$LAB/script.env"\n`,
  "module.ts": `
    import { spawnSync } from "node:child_process";
    spawnSync("sh", ["-c", 'env > "$LAB/loading.env"']);
    export default {
      name: "module",
      async run(_image, { $ }) {
        spawnSync("sh", ["-c", 'env > "$LAB/module.env"']);
        await $\`sh -c 'env > "$LAB/shell.env"'\`;
      },
    };
  `,
  "zx.zx.mjs": "await $`env > $LAB/zx.env`;\n",
};

Deno.test("no program sees variables that may hold secrets, whatever the pipeline", async () => {
  await inLab(async (lab) => {
    for (const [name, text] of Object.entries(starters)) put(lab, name, text);
    lab.fake("e2fsck", `env > "$LAB/e2fsck.env"; real "$@"`);
    const uses = Object.keys(starters).flatMap((
      name,
    ) => ["--use", `./${name}`]);
    const env = {
      ICECORE_AGE_PASSPHRASE: SECRET,
      ICECORE_S3_SECRET_KEY_FILE: SECRET,
    };
    const done = await icecore(lab, [
      "build",
      "source",
      "-o",
      "out.img",
      ...uses,
    ], { env });
    assert.equal(done.code, 0, done.stderr);
    const seen = readdirSync(lab.folder).filter((name) =>
      name.endsWith(".env")
    );
    assert.deepEqual(seen.sort(), [
      "e2fsck.env",
      "loading.env",
      "module.env",
      "script.env",
      "shell.env",
      "zx.env",
    ]);
    for (const name of seen) {
      const text = readFileSync(lab.at(name), "utf8");
      assert.match(text, /^LAB=/m, name);
      assert.ok(!text.includes(SECRET), `${name}:\n${text}`);
    }
  });
});
