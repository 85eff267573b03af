import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { Breather } from "../../../host/breathe.ts";
import { startDigests } from "../../../host/digests/hash.ts";
import { makeRing } from "../../../host/threads/ring.ts";
import { FileDigests } from "../../../steps/pack/file_digests.ts";
import { Hasher } from "../../../steps/pack/image_digest.ts";

/** Files of these sizes, one behind the other, as inodes 1, 2, 3 and so on. */
const SIZES = [1, 4096, 300_000, 7, 1_500_000, 131_072];

/** What the digests of the files are, made on another thread or here. */
async function digested(sizeBytes: number, isHere: boolean): Promise<string[]> {
  const ring = makeRing(isHere ? 1 : 2, sizeBytes);
  const here = isHere ? await startDigests("sha256") : undefined;
  const digests = new FileDigests(SIZES.length, ring, here);
  const hasher = new Hasher("sha512", new Breather(new AbortController().signal), ring);
  try {
    let buffer = await hasher.buffer();
    let used = 0;
    digests.begin(hasher.bufferIndex);
    const handOn = () => {
      const index = hasher.bufferIndex;
      hasher.submit(used);
      digests.filled(index, buffer);
    };
    for (const [row, size] of SIZES.entries()) {
      for (let offsetBytes = 0; offsetBytes < size;) {
        const lengthBytes = Math.min(size - offsetBytes, buffer.length - used);
        const piece = { number: row + 1, start: used, lengthBytes, offsetBytes, sizeBytes: size };
        digests.add(hasher.bufferIndex, { ...piece, hasLongHoles: false });
        buffer.fill(row, used, used += lengthBytes);
        offsetBytes += lengthBytes;
        if (used < buffer.length) continue;
        handOn();
        buffer = await hasher.buffer();
        used = 0;
        digests.begin(hasher.bufferIndex);
      }
    }
    digests.end(hasher.bufferIndex);
    handOn();
    await hasher.drain();
    return SIZES.map((_, row) => Buffer.from(digests.digestOf(row + 1)).toString("hex"));
  } finally {
    await hasher.close();
    digests.close();
  }
}

const expected = SIZES.map((size, row) =>
  createHash("sha256").update(new Uint8Array(size).fill(row)).digest("hex")
);

for (const [what, sizeBytes] of [["little", 2 ** 20], ["much", Infinity]] as const) {
  Deno.test(`of ${what}, the files' digests are the same by a thread and here`, async () => {
    assert.deepEqual(await digested(sizeBytes, false), expected);
    assert.deepEqual(await digested(sizeBytes, true), expected);
  });
}
