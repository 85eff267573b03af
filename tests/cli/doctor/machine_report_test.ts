import assert from "node:assert/strict";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { diagnose } from "../../../cli/doctor/machine_report.ts";
import { recipes, type Step } from "../../../mod.ts";
import { ended, icecoreArgv, inLab, start } from "../../faults/lab.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const plugin: Step = { name: "vault", tools: ["vault-cli", "mount"], run: () => {} };

Deno.test("programs are looked for that the steps of recipes and plugins declare", async () => {
  await inTemporaryFolder(async (folder) => {
    const declared = recipes.e2fsprogs.steps.flatMap(({ tools = [] }) => tools);
    // One prints its version by another flag, and on stderr.
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
    const unmounted = missing["mounting without root"]!.filter((name) => name !== "/dev/fuse");
    assert.deepEqual(unmounted, ["fuse2fs"]);
    assert.deepEqual(missing["plugin vault"], ["vault-cli"]);
  });
});

Deno.test("a program that cannot be started, and one that hangs, are findings among the others", async () => {
  await inTemporaryFolder(async (folder) => {
    const texts = { broken: "#!/no/such\n", hanging: "#!/bin/sh\nexec /bin/sleep 1000\n" };
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(`${folder}/${name}`, text);
      chmodSync(`${folder}/${name}`, 0o755);
    }
    using _environment = setEnvironment({ PATH: folder });
    const vault: Step = { name: "vault", tools: ["broken", "hanging"], run: () => {} };
    const { findings, abilities } = await diagnose([vault], 300);
    const reported = (name: string) => findings.find((finding) => finding.name === name)!;
    assert.equal(reported("broken").ok, false);
    assert.match(
      reported("broken").detail,
      /^cannot run broken: no such file or directory\. It is there/,
    );
    assert.equal(reported("hanging").ok, false);
    assert.match(reported("hanging").detail, /did not print its version .*Try: hanging --version$/);
    assert.deepEqual(abilities.find(({ name }) => name === "plugin vault")?.missing, [
      "broken",
      "hanging",
    ]);
  });
});

Deno.test("a temporary folder where none can be made stands in the way of everything", async () => {
  await inTemporaryFolder(async (folder) => {
    const temporary = async () => {
      const { findings, abilities } = await diagnose();
      const { ok, detail } = findings.find(({ name }) => name === "temporary folder")!;
      const native = abilities.find(({ name }) => name === "recipe native")!;
      return { ok, detail, missing: native.missing };
    };
    using _environment = setEnvironment({ TMPDIR: folder, PATH: folder });
    assert.deepEqual(await temporary(), { ok: true, detail: folder, missing: [] });
    assert.deepEqual(readdirSync(folder), []);
    using _other = setEnvironment({ TMPDIR: `${folder}/none` });
    const { ok, detail, missing } = await temporary();
    assert.deepEqual({ ok, missing }, { ok: false, missing: ["temporary folder"] });
    assert.match(detail, /^cannot make a folder in .*none: no such file or directory\. Set TMPDIR/);
  });
});

testWith(
  { root: true, programs: ["unshare", "mount"] },
  "mounting without root does not work where /dev/fuse cannot be opened, though it is there",
  async () => {
    await inLab(async (lab) => {
      const barred = "mount --bind /dev/fuse /dev/fuse && mount -o remount,bind,nodev /dev/fuse";
      const argv = icecoreArgv(["doctor"]);
      const { code, stdout, stderr } = await ended(
        start(lab, ["unshare", "--mount", "sh", "-c", `${barred} && exec "$@"`, "sh", ...argv]),
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^missing +\/dev\/fuse +cannot be opened: permission denied\. Allow/m);
      assert.match(stdout, /^mounting without root: does not work: .*\/dev\/fuse/m);
    });
  },
);
