import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Descriptors } from "../../../host/block_source/descriptors.ts";
import { openFileSource } from "../../../host/block_source/file_source.ts";
import { openIn } from "../../support/programs/open_files.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MOST = 3;

/** Ten files that share three descriptors. */
async function withTen(
  use: (sources: ReturnType<typeof openFileSource>[], folder: string) => void,
): Promise<void> {
  await inTemporaryFolder((folder) => {
    const descriptors = new Descriptors(MOST);
    const sources = Array.from({ length: 10 }, (_, i) => {
      writeFileSync(`${folder}/${i}`, `file ${i}`);
      return openFileSource(`${folder}/${i}`, descriptors);
    });
    try {
      use(sources, folder);
    } finally {
      for (const source of sources) source.close();
      assert.deepEqual(openIn(folder), [], "none is left open");
    }
  });
}

function textOf(source: ReturnType<typeof openFileSource>): string {
  const bytes = new Uint8Array(source.sizeBytes);
  source.read(0, bytes);
  return new TextDecoder().decode(bytes);
}

Deno.test("many files are read with few descriptors, in any order", () =>
  withTen((sources, folder) => {
    for (const i of [0, 9, 0, 5, 4, 3, 2, 1, 0, 9]) {
      assert.equal(textOf(sources[i]!), `file ${i}`);
      assert.ok(openIn(folder).length <= MOST);
    }
    assert.equal(sources[0]!.file, undefined, "a descriptor that may be closed is lent to nobody");
  }));

Deno.test("those that were read last stay open", () =>
  withTen((sources, folder) => {
    for (const i of [1, 2, 3, 1, 4]) textOf(sources[i]!);
    assert.deepEqual(openIn(folder).sort(), [1, 3, 4].map((i) => `${folder}/${i}`));
  }));

Deno.test("a file that is another one when it is opened again is refused", () =>
  withTen((sources, folder) => {
    copyFileSync(`${folder}/0`, `${folder}/copy`);
    renameSync(`${folder}/copy`, `${folder}/0`);
    appendFileSync(`${folder}/1`, "!");
    rmSync(`${folder}/2`);
    const codes = [0, 1, 2].map((i) => {
      try {
        return textOf(sources[i]!);
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    assert.deepEqual(codes, ["image-changed", "image-changed", "no-image"]);
    assert.throws(() => textOf(sources[0]!), /another file than when it was opened/);
    assert.equal(textOf(sources[7]!), "file 7", "the others are read as before");
  }));

Deno.test("a file that was closed is not opened again", () =>
  withTen((sources) => {
    sources[0]!.close();
    assert.throws(() => textOf(sources[0]!), { code: "image-closed" });
  }));
