import assert from "node:assert/strict";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InodeNumber } from "../../../ext4/numbers.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { openFileSource } from "../../../host/block_source/file_source.ts";
import { Breather } from "../../../host/breathe.ts";
import { ListedFiles } from "../../../image/verify/listed_files.ts";
import { storedContents } from "../../../image/verify/stored_contents.ts";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("files are listed once each, as often as they are gone through, without the record", () =>
  inTemporaryFolder(async (place) => {
    const source = join(place, "docs");
    mkdirSync(source);
    writeFileSync(join(source, "a"), "a".repeat(5000));
    writeFileSync(join(source, "b"), "");
    writeFileSync(join(source, "c"), "c");
    truncateSync(join(source, "c"), 1 << 20);
    writeFileSync(join(source, "d"), "a".repeat(5000));
    truncateSync(join(source, "b"), 8192);
    const image = join(place, "docs.img");
    await icecoreOutput(["build", source, "-o", image, "--dedupe", "--quiet"]);
    const images = openFileSource(image);
    try {
      const files = await openFileSystem(images);
      const breather = new Breather(new AbortController().signal);
      const contents = await storedContents(files, files.info.countInodes, breather);
      const all = new ListedFiles(contents);
      const expected = await Promise.all(["a", "c", "b", "d"].map(async (name) => {
        const { inode } = await files.stat(`docs/${name}`);
        return { inode, dataBytes: { a: 5000, b: 0, c: 4096, d: 5000 }[name]! };
      }));
      for (let round = 0; round < 2; round++) {
        const listed = [...all].map(({ inode, sizeBytes, isLink }) => [inode, sizeBytes, isLink]);
        assert.deepEqual(listed, expected.map(({ inode, dataBytes }) => [inode, dataBytes, false]));
      }
      assert.deepEqual([...contents.blockless], [
        { number: expected[2]!.inode as InodeNumber, sizeBytes: 8192 },
      ]);
      assert.deepEqual([...all].map(({ endBytes }) => endBytes !== undefined), [
        true,
        false,
        false,
        false,
      ]);
    } finally {
      images.close();
    }
  }));
