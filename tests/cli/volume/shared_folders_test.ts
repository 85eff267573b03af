import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { buildImage } from "../../support/mounted_stack.ts";
import { testWith } from "../../support/requirements.ts";
import { icecoreOutput } from "../../support/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

testWith(
  { root: true },
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
        await buildImage(`${folder}/${name}`, `${folder}/${name}.img`, { isChecked: false });
      }
      const run = (...args: string[]) => icecoreOutput(["volume", ...args, "-q"], folder);
      await run("index", "one.img", "two.img", "-o", "all.catalogue");
      // A folder that is there already gets what the volumes have as well.
      mkdirSync(`${folder}/out/deep`, { recursive: true });
      await run("extract", "all.catalogue", "-o", "out");
      for (const each of ["deep", "deep/er"]) {
        const [made, first] = ["out", "one"].map((place) => {
          const { mode, uid, gid, mtimeMs } = lstatSync(`${folder}/${place}/${each}`);
          return { mode, uid, gid, mtimeMs };
        });
        assert.deepEqual(made, first);
      }
    }),
);
