import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { buildImage } from "../../support/mounts/mounted_stack.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

testWith(
  { root: true, programs: ["find", "bash"] },
  "volume extract gives a folder that several volumes have the metadata of the first",
  () =>
    inTemporaryFolder(async (folder) => {
      for (const [name, mode] of [["one", 0o2710], ["two", 0o755]] as const) {
        mkdirSync(`${folder}/${name}/deep/er`, { recursive: true });
        writeFileSync(`${folder}/${name}/deep/er/${name}`, name);
        for (const each of ["deep/er", "deep"]) {
          chownSync(`${folder}/${name}/${each}`, mode & 0o7, 7);
          chmodSync(`${folder}/${name}/${each}`, mode);
          utimesSync(`${folder}/${name}/${each}`, 1e9, 1.1e9 + mode);
        }
        // Paths of node:fs are text: the shell makes a name that is not UTF-8.
        const script = "cp -a deep $'caf\\xe9'";
        output("bash", ["-c", `cd '${folder}/${name}' && ${script}`]);
        await buildImage(`${folder}/${name}`, `${folder}/${name}.img`, { isChecked: false });
      }
      const run = (...args: string[]) => icecoreOutput(["volume", ...args, "-q"], folder);
      await run("index", "one.img", "two.img", "-o", "all.catalogue");
      const list = (place: string) =>
        output("find", [
          `${folder}/${place}`,
          ..."-mindepth 1 -type d -printf".split(" "),
          "%P %m %U %G %T@\\n",
        ]).split("\n").toSorted();
      assert.equal(list("one").length, 5);
      await run("extract", "all.catalogue", "-o", "out");
      assert.deepEqual(list("out"), list("one"));
      // A folder that was there stays as it was, unless what is there is replaced.
      mkdirSync(`${folder}/there/deep`, { recursive: true, mode: 0o700 });
      await run("extract", "all.catalogue", "-o", "there");
      assert.match(list("there")[3]!, /^deep 700 0 0 /);
      mkdirSync(`${folder}/forced/deep`, { recursive: true, mode: 0o700 });
      await run("extract", "all.catalogue", "-o", "forced", "--force");
      assert.deepEqual(list("forced"), list("one"));
    }),
);
