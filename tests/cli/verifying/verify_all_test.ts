import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a folder without images is not reported as verified", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/backup`);
    writeFileSync(`${folder}/backup/notes.txt`, "not an image");
    const { code, stdout, stderr } = await icecore(["verify", "--all", "backup"], { cwd: folder });
    assert.deepEqual([code, stdout], [1, "0 images right\n"]);
    assert.match(stderr, /cannot verify backup: there is no image in it\. See whether it is the /);
  }));
