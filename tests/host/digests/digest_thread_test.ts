import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { DigestThread } from "../../../host/digests/digest_thread.ts";

const sha512 = (pieces: readonly Uint8Array[]): string =>
  pieces.reduce((hash, piece) => hash.update(piece), createHash("sha512"))
    .digest("hex");

for (
  const [what, sizes] of Object.entries({
    "nothing": [],
    "a byte": [1],
    "small pieces": Array.from({ length: 300 }, (_, i) => i * 37),
    "pieces larger than a buffer, and more than there are buffers": [
      3_000_000,
      9_000_001,
      2 ** 20,
    ],
  })
) {
  Deno.test(`another thread's digest of ${what} is the right one`, async () => {
    const pieces = sizes.map((size) => Uint8Array.from(randomBytes(size)));
    const thread = new DigestThread("sha512");
    for (const piece of pieces) await thread.update(piece);
    assert.equal(await thread.digest(), sha512(pieces));
  });
}

Deno.test("bytes may be changed once they were taken", async () => {
  const thread = new DigestThread("sha512");
  const piece = new Uint8Array(100_000).fill(1);
  const expected = sha512([piece, piece]);
  await thread.update(piece);
  await thread.update(piece);
  piece.fill(2);
  assert.equal(await thread.digest(), expected);
});

Deno.test("an unknown algorithm is reported to whoever waits", async () => {
  const thread = new DigestThread("sha0");
  await assert.rejects(async () => {
    await thread.update(new Uint8Array(10));
    await thread.digest();
  }, /cannot hash: /);
  thread.close();
});

Deno.test("a digest that is given up keeps nobody waiting", async () => {
  const thread = new DigestThread("sha512");
  const waiting = thread.update(new Uint8Array(2 ** 26));
  thread.close();
  await assert.rejects(waiting, /the digest was given up/);
  await assert.rejects(thread.digest(), /the digest was given up/);
});
