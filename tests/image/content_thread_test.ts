import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ContentDigest } from "../../ext4/content_digest.ts";
import { Breather } from "../../host/breathe.ts";
import { startDigests } from "../../host/digests/hash.ts";
import { ContentThread } from "../../image/content_thread.ts";

const MIB = 2 ** 20;

async function withThread(use: (thread: ContentThread) => Promise<void>): Promise<void> {
  const thread = new ContentThread(new Breather(new AbortController().signal));
  try {
    await use(thread);
  } finally {
    thread.close();
  }
}

function pattern(lengthBytes: number, seed: number): Uint8Array {
  return new Uint8Array(lengthBytes).map((_, i) => (i * 31 + (i >> 8) + seed) & 0xff);
}

async function finished(thread: ContentThread): Promise<string> {
  const digest = new Uint8Array(32);
  await thread.finishInto(digest);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

Deno.test("one file after the other has the digest that sha256sum prints", () =>
  withThread(async (thread) => {
    for (const size of [1, 0, MIB / 2, MIB / 2 + 1, 3 * MIB + 77, 0, 20 * MIB, 5]) {
      const contents = pattern(size, size);
      thread.begin(size, false);
      await thread.add(contents, 0);
      assert.equal(await finished(thread), sha256(contents), `${size} bytes`);
    }
  }));

Deno.test("bytes may change as soon as they were added", () =>
  withThread(async (thread) => {
    const buffer = pattern(2 * MIB, 1);
    const expected = sha256(buffer, pattern(2 * MIB, 2));
    thread.begin(4 * MIB, false);
    await thread.add(buffer, 0);
    buffer.set(pattern(2 * MIB, 2));
    await thread.add(buffer, 2 * MIB);
    buffer.fill(0);
    assert.equal(await finished(thread), expected);
  }));

Deno.test("holes are zeros, or passed over, as the rule for files has it", () =>
  withThread(async (thread) => {
    const data = pattern(MIB, 3);
    thread.begin(4 * MIB, false);
    await thread.add(data, MIB);
    const zeros = new Uint8Array(2 * MIB);
    assert.equal(await finished(thread), sha256(zeros.subarray(MIB), data, zeros));
    for (const ranges of [[[5 * MIB, data], [6 * MIB, data], [30 * MIB, data]], []] as const) {
      const here = new ContentDigest(await startDigests("sha256"));
      here.begin(100 * MIB, true);
      thread.begin(100 * MIB, true);
      for (const [offset, bytes] of ranges) {
        here.add(bytes, offset);
        await thread.add(bytes, offset);
      }
      const expected = new Uint8Array(32);
      here.finishInto(expected, 0);
      assert.equal(await finished(thread), Array.from(expected, hex).join(""));
    }
  }));

Deno.test("a file that is not finished leaves nothing to the next", () =>
  withThread(async (thread) => {
    for (let i = 0; i < 3; i++) {
      thread.begin(MIB, false);
      await thread.add(pattern(MIB / 4, i), 0);
    }
    thread.begin(10, false);
    await thread.add(pattern(10, 9), 0);
    assert.equal(await finished(thread), sha256(pattern(10, 9)));
  }));

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
