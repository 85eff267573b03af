import assert from "node:assert/strict";
import {
  dirHash,
  HASH_UNSIGNED,
  type HashVersion,
} from "../../ext4/dirhash.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const SEED = [0x0403_0201, 0x0807_0605, 0x0c0b_0a09, 0x100f_0e0d];

Deno.test("an unsigned hash of plain ASCII is the signed one", () => {
  for (const version of [0, 1, 2] as const) {
    const signed = dirHash(encode("readme.md"), version, SEED);
    const unsigned = dirHash(
      encode("readme.md"),
      (version + HASH_UNSIGNED) as HashVersion,
      SEED,
    );
    assert.deepEqual(unsigned, signed);
  }
});

Deno.test("an all-zero seed means the seed that MD4 starts from", () => {
  const spelledOut = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
  assert.deepEqual(
    dirHash(encode("a"), 1, [0, 0, 0, 0]),
    dirHash(encode("a"), 1, spelledOut),
  );
});

Deno.test("the major hash is even, so that its lowest bit is free for the index", () => {
  for (let i = 0; i < 2000; i++) {
    assert.equal(dirHash(encode(`${i}`), 4, SEED).major & 1, 0);
  }
});

Deno.test("golden values, as debugfs prints them", () => {
  assert.equal(dirHash(encode("ä"), 1, SEED).major, 0x3a80_36fc);
  assert.equal(dirHash(encode("ä"), 1, SEED).minor, 0x15b3_b2fd);
  assert.equal(dirHash(encode("ä"), 0, SEED).major, 0x14e4_9f18);
});
