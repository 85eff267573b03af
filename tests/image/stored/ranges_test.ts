import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import { unwrap } from "../../../image/stored/unwrap.ts";
import { seekTable } from "../../../plugins/zstd.ts";
import { noise } from "../../support/images/stored_image.ts";

/** Bytes as a source, which answers at once or later. */
function sourceOf(bytes: Uint8Array, isLocal: boolean): HostBlockSource {
  const read = (offsetBytes: number, into: Uint8Array) => {
    assert.ok(offsetBytes >= 0 && offsetBytes + into.length <= bytes.length, "within the file");
    into.set(bytes.subarray(offsetBytes, offsetBytes + into.length));
  };
  return {
    sizeBytes: bytes.length,
    shownName: "x",
    isLocal,
    read: (offsetBytes, into) =>
      isLocal ? read(offsetBytes, into) : Promise.resolve().then(() => read(offsetBytes, into)),
    close: () => {},
  };
}

const identity = await generateX25519Identity();
const encrypter = new Encrypter();
encrypter.addRecipient(await identityToRecipient(identity));
const encrypted = (plain: Uint8Array) => encrypter.encrypt(plain);

function compressed(plain: Uint8Array, frameBytes: number): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < plain.length || frames.length === 0; at += frameBytes) {
    frames.push(zstdCompressSync(plain.subarray(at, at + frameBytes)));
  }
  const table = seekTable(frames.map((frame, index) => ({
    compressedBytes: frame.length,
    plainBytes: Math.min(frameBytes, plain.length - index * frameBytes),
  })));
  return Buffer.concat([...frames, table]);
}

const forms: Readonly<Record<string, (plain: Uint8Array) => Promise<Uint8Array>>> = {
  age: encrypted,
  armor: async (plain) => new TextEncoder().encode(armor.encode(await encrypted(plain))),
  "armor with CRLF": async (plain) =>
    new TextEncoder().encode(armor.encode(await encrypted(plain)).replaceAll("\n", "\r\n")),
  zstd: (plain) => Promise.resolve(compressed(plain, 50_000)),
  "zstd within age": (plain) => encrypted(compressed(plain, 70_000)),
};

/** Sizes around the ends of chunks of age and of lines of armor. */
const SIZES = [1, 47, 48, 49, 65_535, 65_536, 65_537, 131_072, 400_000, 1_200_000];

for (const [form, store] of Object.entries(forms)) {
  for (const isLocal of [true, false]) {
    Deno.test(`any range of ${form} is what it was, ${isLocal ? "local" : "later"}`, async () => {
      for (const size of SIZES) {
        const plain = noise(size, size);
        const stored = await store(plain);
        const source = await unwrap(sourceOf(stored, isLocal), { identities: [identity] });
        assert.equal(source.sizeBytes, size, `of ${size}`);
        const range = fc.tuple(fc.nat(size - 1), fc.nat(size)).map(([start, length]) =>
          [start, Math.min(length, size - start)] as const
        );
        const ranges = fc.array(range, { minLength: 1, maxLength: 8 });
        await fc.assert(
          fc.asyncProperty(ranges, async (wanted) => {
            // All at once, as readers do that read ahead.
            await Promise.all(wanted.map(async ([start, length]) => {
              const into = new Uint8Array(length);
              await source.read(start, into);
              assert.ok(
                Buffer.from(plain.buffer, start, length).equals(into),
                `${start} ${length}`,
              );
            }));
          }),
          { numRuns: 25 },
        );
        source.close();
      }
    });
  }
}

Deno.test("what is not a layer is handed back as it came", async () => {
  const source = sourceOf(noise(5000, 1), true);
  assert.equal(await unwrap(source), source);
});

Deno.test("a stack without end is not unwrapped for ever", async () => {
  let bytes: Uint8Array = noise(100, 1);
  for (let i = 0; i < 9; i++) bytes = await encrypted(bytes);
  await assert.rejects(unwrap(sourceOf(bytes, true), { identities: [identity] }), {
    code: "too-many-layers",
  });
});
