import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ALGORITHMS } from "../../../host/digests/file_digest.ts";
import {
  type Hash,
  runtimeHash,
  startHash,
} from "../../../host/digests/hash.ts";
import { systemLibraries } from "../../../host/libc/library.ts";

function digestOf(hash: Hash, parts: readonly Uint8Array[]): string {
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const OPENSSL = systemLibraries("libcrypto.so.3");

Deno.test({
  name: "where OpenSSL's library is installed, digests are made by it",
  ignore: OPENSSL.length === 0,
  async fn() {
    (await startHash("sha512")).close();
    assert.match(
      readFileSync("/proc/self/maps", "utf8"),
      /\/libcrypto\.so\.3$/m,
    );
  },
});

Deno.test("every algorithm gives the same digest by either library, in whatever parts", async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ALGORITHMS),
      parts,
      async (algorithm, bytes) => {
        const expected = digestOf(runtimeHash(algorithm), bytes);
        assert.equal(digestOf(await startHash(algorithm), bytes), expected);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("two digests made side by side do not mix", async () => {
  const [one, other] = [await startHash("sha512"), await startHash("sha512")];
  one.update(Uint8Array.of(1));
  other.update(Uint8Array.of(2));
  one.update(Uint8Array.of(3));
  assert.equal(
    one.digest(),
    digestOf(runtimeHash("sha512"), [Uint8Array.of(1, 3)]),
  );
  assert.equal(
    other.digest(),
    digestOf(runtimeHash("sha512"), [Uint8Array.of(2)]),
  );
});

Deno.test("memory shared between threads can be hashed", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(70_000)).fill(7);
  const expected = digestOf(runtimeHash("sha512"), [Uint8Array.from(shared)]);
  assert.equal(digestOf(await startHash("sha512"), [shared]), expected);
});

Deno.test("an unknown algorithm is refused", async () => {
  await assert.rejects(startHash("sha0"));
});

for (
  const [which, start] of [["the system", startHash], [
    "the runtime",
    runtimeHash,
  ]] as const
) {
  Deno.test(`a digest by ${which} is made once, and nothing is added behind it`, async () => {
    const hash = await start("sha512");
    hash.digest();
    assert.throws(() => hash.update(Uint8Array.of(1)));
    assert.throws(() => hash.digest());
    hash.close();
    const closed = await start("sha512");
    closed.close();
    closed.close();
  });
}
