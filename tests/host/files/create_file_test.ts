import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createFile } from "../../../host/files/create_file.ts";
import { withDisk } from "../../support/mounts/mounted_disk.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

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

Deno.test("a file that is there already is replaced with force alone", async () => {
  await inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/x.age`, "");
    assert.throws(() => createFile(`${folder}/x.age.partial`, false), { code: "output-exists" });
    assert.doesNotThrow(() => createFile(`${folder}/x.age.partial`, true));
  });
});

testWith(
  { programs: ["mount"], loop: true },
  "a full disk is reported, and the file is gone",
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

Deno.test("nothing but files and links is replaced, with force neither", async () => {
  await inTemporaryFolder((folder) => {
    mkdirSync(`${folder}/x.age`);
    output("mkfifo", [`${folder}/y.age`]);
    for (const name of ["x.age", "y.age"]) {
      assert.throws(() => createFile(`${folder}/${name}.partial`, true), {
        code: "in-the-way",
        message: /it exists and is not a regular file/,
      });
    }
    assert.deepEqual(readdirSync(folder).sort(), ["x.age", "y.age"]);
  });
});

Deno.test("what has the partial file's name without being one is in the way: no FIFO is waited for, no link followed", async () => {
  await inTemporaryFolder((folder) => {
    output("mkfifo", [`${folder}/x.age.partial`]);
    writeFileSync(`${folder}/precious`, "precious");
    symlinkSync("precious", `${folder}/y.age.partial`);
    for (const name of ["x.age", "y.age"]) {
      assert.throws(() => createFile(`${folder}/${name}.partial`, false), {
        code: "not-writable",
        message: /\.age\.partial is in the way, and is not a regular file/,
      });
    }
    assert.equal(readFileSync(`${folder}/precious`, "utf8"), "precious");
    assert.ok(lstatSync(`${folder}/x.age.partial`).isFIFO());
  });
});

Deno.test("one file is written by one at a time", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/x.age.partial`;
    const writer = createFile(path, false).getWriter();
    await writer.write(bytes("ice"));
    assert.throws(() => createFile(path, false), { code: "output-busy" });
    await writer.close();
    assert.equal(readFileSync(path, "utf8"), "ice");
    await createFile(path, false).abort();
    assert.deepEqual(readdirSync(folder), []);
  });
});
