import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { S_IFIFO } from "../../ext4/tree.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

testWith(
  { programs: ["setfattr", "setfacl"], root: true },
  "attributes and ACLs are read",
  async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(`${folder}/f`, "");
      mkdirSync(`${folder}/d`);
      symlinkSync("f", `${folder}/l`);
      output("setfattr", ["-n", "trusted.a", "-v", "1", `${folder}/f`]);
      output("setfattr", ["-h", "-n", "trusted.l", "-v", "2", `${folder}/l`]);
      output("setfacl", ["-m", "u:1234:rw", `${folder}/f`]);
      output("setfacl", ["-d", "-m", "u:1234:rwx", `${folder}/d`]);
      const { tree, inode } = await scan([`${folder}/.`]);
      const namesOf = (path: string) =>
        tree.xattrSets[tree.xattrSet[inode(path)]!]!
          .map(({ name }) => new TextDecoder().decode(name)).sort();
      assert.deepEqual(namesOf("f"), ["system.posix_acl_access", "trusted.a"]);
      assert.deepEqual(namesOf("d"), ["system.posix_acl_default"]);
      assert.deepEqual(namesOf("l"), ["trusted.l"]);
    });
  },
);

Deno.test("modes and times are read with nanoseconds; all four where asked for", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/f`, "");
    chmodSync(`${folder}/f`, 0o4711);
    output("touch", ["-a", "-d", "@5", `${folder}/f`]);
    output("touch", ["-m", "-d", "@-3.5", `${folder}/f`]);
    output("mkfifo", [`${folder}/p`]);
    const { tree, inode } = await scan([`${folder}/.`]);
    assert.equal(tree.mode[inode("f")]! & 0o7777, 0o4711);
    assert.equal(tree.mode[inode("p")]! & 0o170000, S_IFIFO);
    assert.equal(tree.mtime.seconds[inode("f")], -4);
    assert.equal(tree.mtime.nanoseconds[inode("f")], 500_000_000);
    assert.equal(tree.atime, undefined);
    const all = await scan([`${folder}/.`], { allTimes: true });
    assert.equal(all.tree.atime!.seconds[all.inode("f")], 5);
    assert.ok(all.tree.ctime!.seconds[all.inode("f")]! > 1_000_000_000);
  });
});
