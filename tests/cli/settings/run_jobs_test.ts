/**
 * Jobs, as cron would run them.
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const SETTINGS = `
[defaults]
to = "backup"
full-every = 3
keep = { last = 1 }

[job.srv]
sources = ["srv"]
exclude = ["*.tmp"]
use = [{ step = "zstd", options = { level = 1 } }]
notify = { command = ["sh", "-c", "cat > NOTICE"] }

[job.lost]
sources = ["missing"]
notify = { command = ["sh", "-c", "cat > NOTICE"] }
`;

Deno.test("jobs run by name: silent when all went well, one summary and a notice when not", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    mkdirSync(`${folder}/backup`);
    writeFileSync(`${folder}/srv/a`, "a");
    writeFileSync(`${folder}/srv/b.tmp`, "b");
    const notice = `${folder}/notice.json`;
    const text = SETTINGS.replaceAll("NOTICE", notice);
    writeFileSync(`${folder}/icecore.toml`, text, { mode: 0o600 });
    const run = (...args: string[]) =>
      icecore(["run", "--config", "icecore.toml", ...args], { cwd: folder });
    const good = await run("srv", "-q", "-q");
    assert.deepEqual([good.code, good.stdout, good.stderr], [0, "", ""]);
    // On failure and loss alone, unless the settings say otherwise.
    assert.ok(!readdirSync(folder).includes("notice.json"));
    const images = readdirSync(`${folder}/backup`).filter((name) => name.endsWith(".img"));
    assert.equal(images.length, 1);
    assert.ok(readdirSync(`${folder}/backup`).includes(`${images[0]}.zst`));
    const found = await icecoreOutput(["find", `backup/${images[0]}`, "srv"], folder);
    assert.equal(found, "srv\nsrv/a\n");

    // All jobs run, and the worst exit code counts.
    const bad = await run("lost", "srv", "-q", "-q");
    assert.equal(bad.code, 1, bad.stderr);
    assert.equal(bad.stdout, "");
    const lines = bad.stderr.trimEnd().split("\n");
    assert.equal(lines.length, 2, bad.stderr);
    assert.match(lines[0]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ icecore: the job lost failed:$/);
    assert.match(lines[1]!, /Z icecore: cannot read .*missing/);
    const { status, message } = JSON.parse(readFileSync(notice, "utf8"));
    assert.equal(status, "failed");
    assert.match(message, /missing/);
    // The second image lies on the first, which therefore stays.
    const left = readdirSync(`${folder}/backup`).filter((name) => name.endsWith(".img"));
    assert.equal(left.length, 2);

    const dry = await run("srv", "--dry-run");
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^Would build .*keep .*last; newest verified\n$/s);
    const shown = await run("--print-config");
    assert.match(shown.stdout, /^\[job\.srv\]\nto = "backup" +# .*icecore\.toml, line 3$/m);
    assert.match(shown.stdout, /^\[job\.lost\]$/m);
    const deaf = text.replaceAll("sh", "false");
    writeFileSync(`${folder}/icecore.toml`, deaf, { mode: 0o600 });
    const unheard = await run("lost", "-q", "-q");
    assert.equal(unheard.code, 1);
    assert.match(unheard.stderr, /notify/, "a notice that reached nobody is named");
    const none = await run();
    assert.equal(none.code, 2);
    assert.match(none.stderr, /cannot run: no job is named\. Jobs: srv, lost\./);
  }));

testWith(
  { programs: ["mount", "umount"], root: true },
  "a loss is exit code 3, named though -q is given twice, and notified",
  () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(`${folder}/srv`);
      mkdirSync(`${folder}/backup`);
      // A file of the kernel claims to be empty, and is not.
      output("mount", ["--bind", "/proc/sys/kernel", `${folder}/srv`]);
      try {
        const notice = `${folder}/notice.json`;
        const text = `[job.srv]\nsources = ["srv"]\nto = "backup"\n` +
          `notify = { command = ["sh", "-c", "cat > ${notice}"] }\n`;
        writeFileSync(`${folder}/icecore.toml`, text, { mode: 0o600 });
        const { code, stdout, stderr } = await icecore(
          ["run", "srv", "--config", "icecore.toml", "-q", "-q"],
          { cwd: folder },
        );
        assert.equal(code, 3, stderr);
        assert.equal(stdout, "");
        assert.match(stderr, /^\S+Z icecore: srv: done, but with losses\n/);
        assert.ok(stderr.split("\n").length <= 53, stderr);
        assert.equal(JSON.parse(readFileSync(notice, "utf8")).lossy, true);
        const [note] = readdirSync(`${folder}/backup`).filter((name) =>
          name.endsWith(".note.json")
        );
        assert.equal(JSON.parse(readFileSync(`${folder}/backup/${note}`, "utf8")).lossy, true);
      } finally {
        output("umount", [`${folder}/srv`]);
      }
    }),
);
