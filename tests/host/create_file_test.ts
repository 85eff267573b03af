import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createFile } from "../../host/create_file.ts";
import { testWith } from "../support/requirements.ts";
import { withDisk } from "../support/mounted_disk.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a file is written front to back", async () => {
  await inTemporaryFolder(async (folder) => {
    await ReadableStream.from([bytes("ice"), bytes("core")])
      .pipeTo(createFile(`${folder}/x.age.partial`, false));
    assert.equal(readFileSync(`${folder}/x.age.partial`, "utf8"), "icecore");
  });
});

Deno.test("a file that is aborted is gone", async () => {
  await inTemporaryFolder(async (folder) => {
    const file = createFile(`${folder}/x.age.partial`, false);
    const writer = file.getWriter();
    await writer.write(bytes("ice"));
    await writer.abort();
    assert.deepEqual(readdirSync(folder), []);
  });
});

Deno.test("a link that somebody put in the way is not followed", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/precious`, "precious");
    symlinkSync("precious", `${folder}/x.age.partial`);
    const writer = createFile(`${folder}/x.age.partial`, false).getWriter();
    await assert.rejects(writer.write(bytes("ice")), { code: "not-writable" });
    assert.equal(readFileSync(`${folder}/precious`, "utf8"), "precious");
  });
});

Deno.test("a file that is there already is replaced with force alone", async () => {
  await inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/x.age`, "");
    assert.throws(() => createFile(`${folder}/x.age.partial`, false), { code: "output-exists" });
    assert.doesNotThrow(() => createFile(`${folder}/x.age.partial`, true));
  });
});

testWith(
  { programs: ["mount"], loop: true },
  "a full disk is told, and the file is gone",
  async () => {
    await inTemporaryFolder(async (folder) => {
      await withDisk(`${folder}/disk`, "size=64k", async () => {
        const path = `${folder}/disk/x.age.partial`;
        const endless = ReadableStream.from(
          Array.from({ length: 100 }, () => new Uint8Array(4096)),
        );
        await assert.rejects(endless.pipeTo(createFile(path, false)), { code: "disk-full" });
        assert.equal(existsSync(path), false);
      });
    });
  },
);
