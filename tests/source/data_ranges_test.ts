import assert from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

Deno.test("holes are found, also one that is the whole file", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/full`, new Uint8Array(100_000));
    writeFileSync(`${folder}/hole`, "");
    truncateSync(`${folder}/hole`, 10_000_000);
    writeFileSync(`${folder}/mixed`, "start");
    truncateSync(`${folder}/mixed`, 10_000_000);
    const { tree, inode } = await scan([`${folder}/.`]);
    assert.equal(tree.dataRanges.get(inode("full")), undefined);
    assert.deepEqual([...tree.dataRanges.get(inode("hole"))!], []);
    const [start, end, ...more] = tree.dataRanges.get(inode("mixed"))!;
    assert.deepEqual([start, more], [0, []]);
    assert.ok(end! >= 5 && end! <= 65_536, `${end}`);
    assert.equal(tree.sizeBytes[inode("mixed")], 10_000_000);
  });
});

testWith(
  { programs: ["fallocate", "setfattr"] },
  "holes are found though as much is allocated elsewhere, as for attributes or behind the end",
  () =>
    inTemporaryFolder(async (folder) => {
      for (const [name, sizeBytes] of [["large", 200_000], ["marked", 20_000]] as const) {
        const path = `${folder}/${name}`;
        writeFileSync(path, "start");
        truncateSync(path, sizeBytes);
        output("fallocate", ["--keep-size", "--offset", "262144", "--length", "262144", path]);
      }
      output("setfattr", ["-n", "user.a", "-v", "1", `${folder}/marked`]);
      const { tree, inode } = await scan([`${folder}/.`]);
      assert.deepEqual([...tree.dataRanges.get(inode("large")) ?? []], [0, 4096]);
      assert.deepEqual([...tree.dataRanges.get(inode("marked")) ?? []], [0, 4096]);
    }),
);
