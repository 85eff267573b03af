import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { icecore, icecoreArgv, inLab, type Lab, ROOT } from "../../faults/lab.ts";
import { withDisk } from "../../support/mounts/mounted_disk.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore as runIcecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** A program `icecore` on the lab's PATH. */
function addProgram(lab: Lab): void {
  const argv = icecoreArgv([]).map((word) => `'${word}'`).join(" ");
  writeFileSync(lab.at("bin/icecore"), `#!/bin/sh\nexec ${argv} "$@"\n`);
  chmodSync(lab.at("bin/icecore"), 0o755);
}

Deno.test("new-step writes a step and its test, and both run as written", async () => {
  await inLab(async (lab) => {
    addProgram(lab);
    const { code, stdout, stderr } = await icecore(lab, ["new-step", "to-vault"]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "to-vault.ts\nto-vault_test.ts\n");
    assert.match(stderr, /Try it: {3}icecore build DIR --use \.\/to-vault\.ts/);

    const built = await icecore(lab, [
      ...["build", "source", "-o", "out.img", "--use", "./to-vault.ts"],
      ...["--set", `to-vault.to=${lab.temporary}`],
    ]);
    assert.equal(built.code, 0, built.stderr);
    assert.deepEqual(readFileSync(`${lab.temporary}/out.img`), readFileSync(lab.at("out.img")));

    const tested = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", "--no-check", "to-vault_test.ts"],
      cwd: lab.folder,
      env: { ...lab.env, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const said = new TextDecoder().decode(tested.stdout) + new TextDecoder().decode(tested.stderr);
    assert.equal(tested.code, 0, said);
    assert.match(said, /2 passed \| 0 failed/);
  });
});

Deno.test("new-step passes the type check, lint and format of the house", async () => {
  const { stepText, testText } = await import("../../../cli/building/step_template.ts");
  await inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/upload.ts`, stepText("upload"));
    writeFileSync(`${folder}/upload_test.ts`, testText("upload"));
    for (const check of [["check"], ["lint"], ["fmt", "--check"]]) {
      const { code, stderr } = new Deno.Command(Deno.execPath(), {
        args: [...check, "--config", `${ROOT}deno.json`, "upload.ts", "upload_test.ts"],
        cwd: folder,
        stderr: "piped",
      }).outputSync();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    }
  });
});

Deno.test("new-step overwrites nothing, and refuses names that no step has", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("mine_test.ts"), "precious\n");
    const before = readdirSync(lab.folder);
    const taken = await icecore(lab, ["new-step", "mine"]);
    assert.equal(taken.code, 2);
    assert.match(taken.stderr, /cannot write mine_test\.ts: it exists already\. Choose another/);
    assert.deepEqual(readdirSync(lab.folder), before);
    const named = await icecore(lab, ["new-step", "../Evil"]);
    assert.equal(named.code, 2);
    assert.match(named.stderr, /a name is lower case letters, digits and hyphens/);
    const own = await icecore(lab, ["new-step", "hash"]);
    assert.equal(own.code, 2);
    assert.match(own.stderr, /cannot name a step hash: a recipe has one of that name\. Choose/);
    assert.deepEqual(readdirSync(lab.folder), before);
  });
});

testWith(
  { programs: ["mount"], loop: true },
  "new-step leaves nothing on a full disk",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const disk = `${folder}/disk`;
      await withDisk(disk, "size=4k", async () => {
        const { code, stderr } = await runIcecore(["new-step", "upload"], { cwd: disk });
        assert.equal(code, 1);
        assert.match(stderr, /cannot write upload_test\.ts: .*no space left.*Make room/);
        assert.deepEqual(readdirSync(disk), []);
      });
    });
  },
);
