import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { BUFFER_BYTES, COUNT_BUFFERS, makeRing, RingProducer } from "../../../host/threads/ring.ts";
import { ThreadSink } from "../../../steps/pack/thread_sink.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const PATIENCE_MS = 10_000;

/** Opens a sink whose thread alone takes the buffers. */
function openAt(path: string): { sink: ThreadSink; producer: RingProducer } {
  const ring = makeRing(1);
  return { sink: new ThreadSink(path, ring, 0), producer: new RingProducer(ring) };
}

/** How many descriptors of this process lead to a file. */
function countOpen(path: string): number {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return links.filter((link) => link === path).length;
}

Deno.test("what is named of each buffer lies in the file, and what is not is a hole", () =>
  inTemporaryFolder(async (folder) => {
    const path = `${folder}/x.img`;
    writeFileSync(path, "");
    const { sink, producer } = openAt(path);
    const countBuffers = 2 * COUNT_BUFFERS + 1;
    const expected = new Uint8Array(countBuffers * BUFFER_BYTES + 4096);
    for (let i = 0; i < countBuffers; i++) {
      assert.ok(producer.waitForRoom(PATIENCE_MS));
      const { buffer } = producer;
      buffer.fill(i + 1);
      const offset = i * BUFFER_BYTES;
      for (const [start, end] of [[0, 100_000], [300_001, BUFFER_BYTES - i]] as const) {
        sink.write(buffer.subarray(start, end), offset + start);
        expected.fill(i + 1, offset + start, offset + end);
      }
      producer.submit(buffer.length);
    }
    assert.ok(producer.waitForRoom(PATIENCE_MS));
    producer.end();
    await sink.finish(expected.length);
    await sink.close(true);
    assert.ok(Buffer.from(expected).equals(readFileSync(path)));
    assert.equal(countOpen(path), 0);
  }));

Deno.test("a write that is refused is reported with what to do, and ends the thread", async () => {
  const { sink, producer } = openAt("/dev/full");
  sink.write(producer.buffer.subarray(0, 4096), 0);
  producer.submit(4096);
  await assert.rejects(async () => await sink.finish(4096), {
    code: "disk-full",
    message: "cannot write /dev/full: the disk is full. Make room, or choose another place.",
  });
  assert.equal((sink.failure as { code?: string } | undefined)?.code, "disk-full");
  await sink.close(false);
  assert.equal(countOpen("/dev/full"), 0);
});

Deno.test("an image that is given up is closed by both threads", () =>
  inTemporaryFolder(async (folder) => {
    const path = `${folder}/x.img`;
    writeFileSync(path, "");
    const { sink, producer } = openAt(path);
    assert.equal(countOpen(path), 2);
    producer.end();
    await sink.close(true);
    assert.equal(countOpen(path), 0);
  }));
