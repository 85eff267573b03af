import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Breather } from "../../../host/breathe.ts";
import { Hasher } from "../../../steps/pack/hasher.ts";

async function hashed(countBuffers: number, length: (i: number) => number): Promise<string[]> {
  const hasher = new Hasher("sha512", new Breather(new AbortController().signal));
  const expected = createHash("sha512");
  try {
    for (let i = 0; i < countBuffers; i++) {
      const part = (await hasher.buffer()).subarray(0, length(i)).fill(i);
      expected.update(part);
      hasher.submit(part.length);
    }
    return [await hasher.digest(), expected.digest("hex")];
  } finally {
    hasher.close();
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
  const hasher = new Hasher("sha512", new Breather(interruption.signal));
  interruption.abort(new Error("enough"));
  try {
    await assert.rejects(async () => {
      for (;;) {
        await hasher.buffer();
        hasher.submit(2 ** 20);
      }
    }, /enough/);
  } finally {
    hasher.close();
  }
});
