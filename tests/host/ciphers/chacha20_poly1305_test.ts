import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import {
  type Engine,
  openerWith,
  TAG_BYTES,
} from "../../../host/ciphers/chacha20_poly1305.ts";

const hex = (text: string) =>
  new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

/** RFC 8439, section 2.8.2, but for the additional data: sealed by the library that has it. */
const KEY = hex(
  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
);
const NONCE = hex("070000004041424344454647");

for (
  const engine of [
    "openssl",
    "runtime",
    "noble",
  ] as const satisfies readonly Engine[]
) {
  Deno.test(`${engine} opens what was sealed, and nothing else`, async () => {
    const opener = await openerWith(KEY, [engine]);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        (plain, at) => {
          const sealed = chacha20poly1305(KEY, NONCE).encrypt(plain);
          const into = new Uint8Array(plain.length);
          assert.ok(opener.open(NONCE, sealed, into));
          assert.deepEqual(into, plain);
          const flipped = sealed.slice();
          flipped[at % sealed.length]! ^= 1 << at % 8;
          assert.ok(!opener.open(NONCE, flipped, into));
          assert.deepEqual(
            into,
            new Uint8Array(plain.length),
            "nothing of it is handed out",
          );
          assert.ok(
            !opener.open(new Uint8Array(12), sealed, into),
            "another nonce",
          );
          return Promise.resolve();
        },
      ),
    );
    opener.close();
    opener.close();
  });

  Deno.test(`${engine} opens into a part of a buffer, and leaves the rest alone`, async () => {
    const opener = await openerWith(KEY, [engine]);
    const plain = Uint8Array.from({ length: 65_536 }, (_, i) => i * 7);
    const around = new Uint8Array(65_536 + TAG_BYTES + 6);
    around.set(chacha20poly1305(KEY, NONCE).encrypt(plain), 3);
    const into = new Uint8Array(65_536 + 20).fill(0xee);
    const sealed = around.subarray(3, 3 + 65_536 + TAG_BYTES);
    assert.ok(opener.open(NONCE, sealed, into.subarray(10, 10 + 65_536)));
    assert.deepEqual(into.subarray(10, 10 + 65_536), plain);
    for (const at of [0, 9, 65_546, 65_555]) assert.equal(into[at], 0xee);
    opener.close();
  });
}
