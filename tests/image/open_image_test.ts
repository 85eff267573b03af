import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { type BlockSource, type ImageReader, openImage } from "../../read.ts";
import { buildSmallImage, LARGE } from "../support/images/small_image.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { s3Store } from "../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

async function contents(image: ImageReader, path: string, range = {}): Promise<Uint8Array> {
  return await new Response(await image.readFile(path, range)).bytes();
}

/** What a library's user does with an image, wherever it is. */
async function assertReadable(image: ImageReader): Promise<void> {
  assert.equal(image.info.label, "small");
  const stat = await image.stat("/docs/large.bin");
  assert.equal(stat.kind, "file");
  assert.equal(stat.sizeBytes, LARGE.length);
  const names: string[] = [];
  for await (const { nameText } of image.list("docs")) names.push(nameText);
  assert.deepEqual(names.sort(), ["large.bin", "old", "same.txt"]);
  assert.deepEqual(await contents(image, "docs/large.bin"), LARGE);
  assert.deepEqual(
    await contents(image, "docs/large.bin", { startBytes: 100_001, endBytes: 400_003 }),
    LARGE.subarray(100_001, 400_003),
  );
  assert.deepEqual(
    await contents(image, "docs/large.bin", { startBytes: 699_999, endBytes: 1e9 }),
    LARGE.subarray(699_999),
  );
  const walked: string[] = [];
  for await (const entry of image.walk("/docs")) walked.push(entry.pathText);
  assert.deepEqual(walked.sort(), [
    "docs/large.bin",
    "docs/old",
    "docs/old/notes.txt",
    "docs/same.txt",
  ]);
  assert.equal(new TextDecoder().decode(await image.readLink("latest")), "docs/old");
  const link = await image.stat("latest/notes.txt", { followSymlinks: true });
  assert.equal(link.sizeBytes, 2_000_000);
  await assert.rejects(image.readFile("docs"), { name: "PathError", code: "not-a-file" });
  await assert.rejects(image.stat("nothing"), { name: "PathError", code: "no-such-path" });
}

Deno.test("an image is read in place, wherever it is", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const path = await buildSmallImage(folder);
    const bytes = new Uint8Array(readFileSync(path));

    await context.step("from a file", async () => {
      await using image = await openImage(path);
      await assertReadable(image);
      assert.equal(image.traffic, undefined);
    });

    await context.step("over HTTP, with few requests", async () => {
      await using server = await rangeServer(bytes);
      await using image = await openImage(server.url);
      await assertReadable(image);
      assert.equal(image.traffic!.countRequests, server.requests.length);
      assert.ok(server.requests.length <= 6, `${server.requests.length} requests`);
    });

    await context.step("over HTTP from a server that cuts connections", async () => {
      await using server = await rangeServer(bytes);
      server.fault = ({ number }) => number % 2 === 0 ? { cutAfterBytes: 70_000 } : undefined;
      await using image = await openImage(server.url, { retryDelayMs: 1 });
      await assertReadable(image);
    });

    await context.step("from S3", async () => {
      await using store = await s3Store();
      await store.put("small.img", bytes);
      await using image = await openImage("s3://vault/small.img");
      await assertReadable(image);
      assert.equal(image.traffic!.countRequests, store.countReads);
    });

    await context.step("from bytes of one's own, which are not closed", async () => {
      await using image = await openImage(bytesSource(bytes));
      await assertReadable(image);
    });

    await context.step("from a source that makes the reader wait", async () => {
      const memory = bytesSource(bytes);
      const slow: BlockSource = {
        sizeBytes: memory.sizeBytes,
        async read(offsetBytes, into) {
          await new Promise((done) => setTimeout(done, 1));
          await memory.read(offsetBytes, into);
        },
      };
      await using image = await openImage(slow);
      await assertReadable(image);
    });

    await context.step(
      "one file of an image is two requests more than opening it: its contents, and the record",
      async () => {
        await using server = await rangeServer(bytes);
        await using image = await openImage(server.url);
        const before = server.requests.length;
        await contents(image, "docs/large.bin");
        assert.equal(server.requests.length, before + 2);
        assert.ok(server.countBytes <= 1.1 * LARGE.length + (1 << 20));
      },
    );

    await context.step("an image that is replaced while it is read is an error", async () => {
      await using server = await rangeServer(bytes);
      await using image = await openImage(server.url);
      server.file = { bytes: bytes.toReversed(), headers: { etag: '"second"' } };
      await assert.rejects(contents(image, "docs/large.bin"), { code: "image-changed" });
    });

    await context.step("what is not an image is refused, and its connection released", async () => {
      await using server = await rangeServer(new Uint8Array(100_000));
      await assert.rejects(openImage(server.url), { name: "CorruptImageError", code: "not-ext4" });
      await assert.rejects(openImage(server.url), /cannot read http.*: it has no ext2/);
      await using empty = await rangeServer(new Uint8Array());
      await assert.rejects(openImage(empty.url), { code: "truncated" });
    });

    await context.step("a stream that is cancelled ends the reading", async () => {
      await using server = await rangeServer(bytes);
      await using image = await openImage(server.url);
      const stream = await image.readFile("docs/old/notes.txt");
      await stream.cancel();
    });

    await context.step("after closing, reading fails with a clear word", async () => {
      const image = await openImage(path);
      await image.close();
      await image.close();
      await assert.rejects(contents(image, "docs/large.bin"), { code: "image-closed" });
    });
  });
});
