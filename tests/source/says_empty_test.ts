import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

const reason = "the files of proc say that they are empty; their contents are not stored";

Deno.test("a source on procfs is named, once, for what its files do not say", async () => {
  const { problems } = await scan(["/proc/sys/kernel"]);
  assert.deepEqual(problems.filter(({ kind }) => kind === "unsupported"), [
    { kind: "unsupported", path: "/proc/sys/kernel", reason },
  ]);
});

Deno.test("a build of it ends with 3", async () => {
  await inTemporaryFolder(async (folder) => {
    const args = ["build", "/proc/sys/kernel/random", "-o", "x.img", "--quiet"];
    const { code, stderr } = await icecore(args, { cwd: folder });
    assert.deepEqual([code, stderr.includes(reason)], [3, true], stderr);
  });
});

Deno.test("an empty file elsewhere is an empty file, and what is excluded is not looked at", () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/empty`, "");
    assert.deepEqual((await scan([folder])).problems, []);
    assert.deepEqual((await scan(["/proc/sys/kernel"], { exclude: ["*"] })).problems, []);
  }));

testWith(
  { programs: ["mount", "umount"], root: true },
  "within another source, the folder that it is mounted at is named",
  () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(`${folder}/host/proc`, { recursive: true });
      output("mount", ["-t", "proc", "none", `${folder}/host/proc`]);
      try {
        const { problems } = await scan([folder], { exclude: ["[0-9]*", "sys*", "k*"] });
        const named = problems.filter(({ kind }) => kind === "unsupported");
        assert.deepEqual(named.map(({ path }) => path), [`${folder}/host/proc`]);
        const without = await scan([folder], { oneFileSystem: true });
        assert.deepEqual(without.problems, []);
      } finally {
        output("umount", [`${folder}/host/proc`]);
      }
    }),
);
