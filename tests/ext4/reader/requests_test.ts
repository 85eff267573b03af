import assert from "node:assert/strict";
import { type BlockSource, bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { countingSource } from "../../support/counting_source.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { buildTree, file, folder } from "../../support/trees/tree_builder.ts";

const FILE_BYTES = 3_000_000;

/** An image of many photographs; only one of them is more than zeros. */
function photographs(): Uint8Array {
  const folders = Array.from({ length: 20 }, (_, i) => {
    const files = Array.from(
      { length: 10 },
      (_, k) =>
        [
          `photo-${k}.jpg`,
          file({ sizeBytes: FILE_BYTES, ...(i === 7 ? {} : { zeros: true }) }),
        ] as const,
    );
    return [`folder-${i}`, folder(files)] as const;
  });
  const built = buildTree(folder(folders));
  return imageBytes(built, planOf(built));
}

Deno.test("one file out of an image costs few requests, and hardly more than its bytes", async () => {
  const source = countingSource(bytesSource(photographs()));
  const files = await openFileSystem(source);
  let bytes = 0;
  for await (const piece of files.readFile("folder-7/photo-3.jpg")) bytes += piece.length;
  assert.equal(bytes, FILE_BYTES);
  assert.ok(source.countReads <= 6, `${source.countReads} requests`);
  assert.ok(source.countBytes <= 1.1 * FILE_BYTES + (1 << 20), `${source.countBytes} bytes`);
});

Deno.test("two readers of the same bytes wait for one request", async () => {
  const source = countingSource(bytesSource(photographs()));
  const files = await openFileSystem(source);
  await Promise.all(Array.from({ length: 20 }, (_, i) => files.stat(`folder-${i}/photo-1.jpg`)));
  assert.ok(source.countReads <= 5, `${source.countReads} requests`);
});

Deno.test("a failed request is an error once, and is asked for again", async () => {
  const image = photographs();
  let fail = false;
  const source: BlockSource = {
    sizeBytes: image.length,
    async read(offset, into) {
      await Promise.resolve();
      if (fail) throw new Error("the line was cut");
      into.set(image.subarray(offset, offset + into.length));
    },
  };
  const files = await openFileSystem(source, { firstReadBytes: 65_536 });
  fail = true;
  await assert.rejects(
    files.openFile("folder-7/photo-3.jpg").then((one) => one.read(0, new Uint8Array(1e6))),
    {
      message: "the line was cut",
    },
  );
  fail = false;
  assert.equal((await files.stat("folder-7/photo-3.jpg")).sizeBytes, FILE_BYTES);
});
