import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { BOUND_BY_PERMISSIONS } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Builds as one who is bound by permissions. */
function build(args: readonly string[], cwd: string): { status: number | null; stderr: string } {
  const [program, ...before] = BOUND_BY_PERMISSIONS;
  const line = [...before, process.execPath, "run", "-A", MAIN, "build", ...args];
  return spawnSync(program!, line, { cwd, encoding: "utf8", env: { ...process.env, CI: "1" } });
}

testWith(
  { programs: ["setpriv"], root: true },
  "a source that may be entered and not listed is refused before the first byte",
  async () => {
    await inTemporaryFolder((folder) => {
      mkdirSync(`${folder}/closed/within`, { recursive: true });
      writeFileSync(`${folder}/closed/within/f`, "");
      chmodSync(`${folder}/closed`, 0o111);
      for (const source of ["closed", "closed/."]) {
        const { status, stderr } = build([source, "-o", "i.img"], folder);
        assert.equal(status, 1, stderr);
        assert.match(stderr, /cannot read \S+closed\S*: permission denied/);
        assert.match(stderr, /Run icecore as a user who may read it\.$/m);
        assert.doesNotMatch(stderr, /step scan failed/);
      }
    });
  },
);

testWith(
  { programs: ["setpriv"], root: true },
  "a source whose names may be listed and not looked at is refused beside another",
  async () => {
    await inTemporaryFolder((folder) => {
      for (const name of ["listed", "other"]) mkdirSync(`${folder}/${name}`);
      chmodSync(`${folder}/listed`, 0o444);
      const { status, stderr } = build(["listed/.", "other", "-o", "i.img"], folder);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /cannot read \S+listed: permission denied.*Run icecore as a user/);
    });
  },
);
