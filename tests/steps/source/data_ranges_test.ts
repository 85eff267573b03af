import assert from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
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
