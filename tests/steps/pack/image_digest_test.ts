import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { TreeInode } from "../../../ext4/tree.ts";
import { Breather } from "../../../host/breathe.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_RDONLY,
  openAt,
} from "../../../host/libc/files.ts";
import { makeRing } from "../../../host/threads/ring.ts";
import { UNKNOWN } from "../../../source/file_change.ts";
import { FinishQueue, makeFinishMemory } from "../../../steps/pack/finish_queue.ts";
import { Hasher } from "../../../steps/pack/image_digest.ts";

const NO_CTIME = { ctimeSeconds: 0, ctimeNanoseconds: UNKNOWN };

async function hashed(countBuffers: number, length: (i: number) => number): Promise<string[]> {
  const hasher = new Hasher("sha512", new Breather(new AbortController().signal), makeRing());
  const expected = createHash("sha512");
  try {
    for (let i = 0; i < countBuffers; i++) {
      const part = (await hasher.buffer()).subarray(0, length(i)).fill(i);
      expected.update(part);
      hasher.submit(part.length);
    }
    return [(await hasher.finish()).digest, expected.digest("hex")];
  } finally {
    await hasher.close();
  }
}

Deno.test("the digest of nothing is that of nothing", async () => {
  const [actual, expected] = await hashed(0, () => 0);
  assert.equal(actual, expected);
});

Deno.test("everything is hashed when the end comes while the ring is full", async () => {
  // Filling is far faster than hashing: the ring is full at the end.
  for (const count of [7, 8, 9, 40]) {
    const [actual, expected] = await hashed(count, () => 2 ** 20);
    assert.equal(actual, expected, `${count} buffers`);
  }
});

Deno.test("buffers may be filled in part", async () => {
  const [actual, expected] = await hashed(23, (i) => 1 + i * 40_000);
  assert.equal(actual, expected);
});

Deno.test("an abort ends the wait for a buffer", async () => {
  const interruption = new AbortController();
  const hasher = new Hasher("sha512", new Breather(interruption.signal), makeRing());
  interruption.abort(new Error("enough"));
  try {
    await assert.rejects(async () => {
      for (;;) {
        await hasher.buffer();
        hasher.submit(2 ** 20);
      }
    }, /enough/);
  } finally {
    await hasher.close();
  }
});

Deno.test("files that were handed over are closed, and those that changed are named", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "icecore-test-" });
  const hasher = new Hasher("sha512", new Breather(new AbortController().signal), makeRing());
  try {
    const open = Array.from({ length: 100 }, (_, i) => {
      Deno.writeTextFileSync(`${folder}/${i}`, "x".repeat(i));
      Deno.utimeSync(`${folder}/${i}`, 1000, 1000);
      return openAt(CURRENT_FOLDER, `${folder}/${i}`, O_RDONLY);
    });
    const expected = (i: number) => ({
      sizeBytes: i === 7 ? 6 : i,
      seconds: i === 9 ? 999 : 1000,
      nanoseconds: 0,
      ...NO_CTIME,
    });
    for (const [i, fd] of open.entries()) {
      assert.ok(hasher.offer(fd, i as TreeInode, expected(i)));
    }
    assert.deepEqual((await hasher.finish()).changed, [
      { inode: 7, change: "longer" },
      { inode: 9, change: "written" },
    ]);
    for (const fd of open) assert.throws(() => close(fd), /EBADF/);
  } finally {
    await hasher.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("files that were handed over are closed after an abort, too", async () => {
  const hasher = new Hasher("sha512", new Breather(new AbortController().signal), makeRing());
  const fd = openAt(CURRENT_FOLDER, Deno.execPath(), O_RDONLY);
  hasher.offer(fd, 0 as TreeInode, { sizeBytes: 0, seconds: 0, nanoseconds: 0, ...NO_CTIME });
  for (let i = 0; i < 8; i++) {
    await hasher.buffer();
    hasher.submit(2 ** 20);
  }
  await hasher.close();
  assert.throws(() => close(fd), /EBADF/);
});

Deno.test("a full queue leaves the file to who offers it", () => {
  const queue = new FinishQueue(makeFinishMemory());
  const fd = openAt(CURRENT_FOLDER, Deno.execPath(), O_RDONLY);
  const expected = { sizeBytes: 0, seconds: 0, nanoseconds: 0, ...NO_CTIME };
  let count = 0;
  while (queue.offer(fd, count, expected)) count++;
  assert.equal(count, 256);
  close(fd);
});

Deno.test("what fails on the other thread is reported in its own words", async () => {
  const hasher = new Hasher("sha512", new Breather(new AbortController().signal), makeRing());
  const noFile = 1_000_000 as Descriptor;
  try {
    hasher.offer(noFile, 0 as TreeInode, { sizeBytes: 0, seconds: 0, nanoseconds: 0, ...NO_CTIME });
    await assert.rejects(hasher.finish(), {
      message: "cannot hash: close: bad file descriptor (EBADF). Report this.",
    });
  } finally {
    await hasher.close();
  }
});
