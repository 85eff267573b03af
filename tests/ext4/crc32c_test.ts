import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { crc32c, CRC32C_SEED, crc32cU32 } from "../../ext4/crc32c.ts";

Deno.test("the check value of CRC-32C comes out, but for the final inversion ext4 leaves away", () => {
  const digits = new TextEncoder().encode("123456789");
  assert.equal(~crc32c(CRC32C_SEED, digits) >>> 0, 0xe306_9283);
});

Deno.test("a checksum in pieces is the checksum of the whole", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
    const at = Math.min(cut, bytes.length);
    const first = crc32c(CRC32C_SEED, bytes, 0, at);
    assert.equal(crc32c(first, bytes, at), crc32c(CRC32C_SEED, bytes));
  }));
});

Deno.test("bytes at any offset, of any length, have the checksum that one byte at a time gives", () => {
  const bytewise = (bytes: Uint8Array) => {
    let crc = CRC32C_SEED;
    for (let i = 0; i < bytes.length; i++) crc = crc32c(crc, bytes, i, i + 1);
    return crc;
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(20), (bytes, skip) => {
    const view = bytes.subarray(Math.min(skip, bytes.length));
    assert.equal(crc32c(CRC32C_SEED, view), bytewise(view));
  }));
});

Deno.test("an end behind the bytes gives a number, and no error", () => {
  for (const length of [0, 100, 1000]) {
    const bytes = new Uint8Array(length).fill(1);
    assert.equal(typeof crc32c(CRC32C_SEED, bytes, 0, length + 5000), "number");
  }
});

Deno.test("of a buffer that was looked at, nothing is held", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = weakly(() => {
    const bytes = new Uint8Array(1 << 20);
    crc32c(CRC32C_SEED, bytes);
    return bytes.buffer;
  });
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  assert.equal(held.deref(), undefined);
});

function weakly<T extends WeakKey>(make: () => T): WeakRef<T> {
  return new WeakRef(make());
}

Deno.test("a 32-bit value counts as its four little-endian bytes", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    assert.equal(crc32cU32(CRC32C_SEED, value), crc32c(CRC32C_SEED, bytes));
  }));
});
