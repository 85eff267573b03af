import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { compile, root, run } from "./compile.ts";

/** What the documentation says to type in a rescue system. */
const MOUNT_PROC = "mount -t proc proc /proc";

testWith(
  { root: true, programs: ["unshare", "mount", "umount"] },
  "the executable runs where /proc was missing, after the line that the docs have for that",
  async () => {
    assert.ok(readFileSync(`${root}docs/restoring.md`, "utf8").includes(`\n${MOUNT_PROC}\n`));
    await inTemporaryFolder(async (folder) => {
      const executable = `${folder}/icecore`;
      const compiled = await compile(["--runtime", "bun", "-o", executable]);
      assert.equal(compiled.code, 0, compiled.stderr);
      const without = (then: string) =>
        run("unshare", ["--mount", "sh", "-c", `umount -l /proc && ${then}`]);
      // No program of ours runs by then: the runtime ends itself.
      const aborted = await without(`"${executable}" --version`);
      assert.notEqual(aborted.code, 0, "the docs need not speak of it any more");
      const helped = await without(`${MOUNT_PROC} && "${executable}" --version`);
      assert.equal(helped.code, 0, helped.stderr);
    });
  },
);
