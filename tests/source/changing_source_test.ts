import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import type { TreeInode } from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { close, CURRENT_FOLDER, O_DIRECTORY, openAt } from "../../host/libc/files.ts";
import { StatusBuffer, statusOfOpen } from "../../host/libc/status.ts";
import { FolderCache } from "../../source/folder_cache.ts";
import { InodeReader } from "../../source/inode_reader.ts";
import { NameList } from "../../source/name_list.ts";
import { output } from "../support/programs/oracles.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("a name that a changing folder brings twice is listed once", () => {
  const names = new NameList();
  for (const name of ["b", "a", "b", "ab", "a"]) names.add(Buffer.from(`${name}\0`));
  const sorted = [...names.sorted()].map((name) => Buffer.from(name).toString());
  assert.deepEqual(sorted, ["a\0", "ab\0", "b\0"]);
});

Deno.test("a FIFO put in the place of a file with holes does not block", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/sparse`, "");
    truncateSync(`${folder}/sparse`, 1 << 20);
    const fd = openAt(CURRENT_FOLDER, folder, O_DIRECTORY);
    try {
      const reader = new InodeReader(false, new Breather(new AbortController().signal));
      const name = Buffer.from("sparse\0");
      reader.enter(fd);
      reader.look(name);
      rmSync(`${folder}/sparse`);
      output("mkfifo", [`${folder}/sparse`]);
      assert.equal((await reader.read(name)).dataRanges, undefined);
    } finally {
      close(fd);
    }
  });
});

Deno.test("a folder that was closed while another was looked for is opened anew", async () => {
  await inTemporaryFolder((folder) => {
    // Deeper than descriptors are kept open, and the last is missing.
    const depth = 140;
    mkdirSync(`${folder}/${"d/".repeat(depth - 1)}`, { recursive: true });
    const top = openAt(CURRENT_FOLDER, folder, O_DIRECTORY);
    const cache = new FolderCache({
      top: (inode) => inode === 0 ? top : undefined,
      parentOf: (inode) => inode - 1 as TreeInode,
      nameOf: () => Buffer.from("d"),
    });
    const keyOf = () => {
      const status = new StatusBuffer();
      statusOfOpen(cache.get(1 as TreeInode), status);
      return status.inodeKey;
    };
    try {
      const before = keyOf();
      assert.throws(() => cache.get(depth as TreeInode), { code: "ENOENT" });
      assert.equal(keyOf(), before);
    } finally {
      cache.close();
      close(top);
    }
  });
});
