import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { zstdDecompressSync } from "node:zlib";
import { readFileSync, writeFileSync } from "node:fs";
import type { OptionValues } from "../../pipeline/options.ts";
import age from "../../plugins/age.ts";
import zstd, { checkFrame, compressFrame, seekable, seekTable } from "../../plugins/zstd.ts";
import { noise } from "../support/images/stored_image.ts";
import { testWith } from "../support/programs/requirements.ts";
import { build, FORMS, inPlace, namesIn, run, sha512Of } from "./building.ts";

interface FrameAt {
  /** In the file. */
  readonly offset: number;
  readonly length: number;
  /** Of what it unpacks to, in the whole. */
  readonly plainOffset: number;
  readonly plainLength: number;
}

/** Reads the table at the end as the format's document says. */
function framesOf(file: Uint8Array): FrameAt[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  assert.equal(view.getUint32(file.length - 4, true), 0x8f92eab1, "the seekable magic");
  const flags = view.getUint8(file.length - 5);
  assert.equal(flags, 0);
  const count = view.getUint32(file.length - 9, true);
  const start = file.length - 9 - count * 8 - 8;
  assert.equal(view.getUint32(start, true), 0x184d2a5e, "the skippable magic");
  assert.equal(view.getUint32(start + 4, true), count * 8 + 9);
  const frames: FrameAt[] = [];
  let [offset, plainOffset] = [0, 0];
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(start + 8 + i * 8, true);
    const plainLength = view.getUint32(start + 12 + i * 8, true);
    frames.push({ offset, length, plainOffset, plainLength });
    offset += length;
    plainOffset += plainLength;
  }
  assert.equal(offset, start, "the frames lie one behind the other, up to the table");
  return frames;
}

const bytesOf = (path: string) => new Uint8Array(readFileSync(path));

for (const form of FORMS) {
  testWith(
    { programs: ["zstd"] },
    `zstd -d unpacks what was compressed from a ${form}`,
    async () => {
      await inPlace(async (place) => {
        const { image } = await build(place, [[zstd, {}]], form);
        const path = `${place.image}.zst`;
        run("zstd", ["-q", "-t", path]);
        assert.deepEqual(run("zstd", ["-d", "-c", path]), readFileSync(place.image));
        assert.equal(image.payload?.path, path);
        assert.equal(image.payload.digests["sha512"], sha512Of(path));
        assert.ok(readFileSync(path).length < readFileSync(place.image).length);
      });
    },
  );
}

testWith(
  { programs: ["zstd"] },
  "each frame of the table is unpacked on its own by the real zstd, and is its part of the image",
  async () => {
    await inPlace(async (place) => {
      await build(place, [[zstd, { frameSize: "512K", level: 9 }]]);
      const file = bytesOf(`${place.image}.zst`);
      const plain = bytesOf(place.image);
      const frames = framesOf(file);
      assert.equal(frames.length, Math.ceil(plain.length / 2 ** 19));
      for (const { offset, length, plainOffset, plainLength } of frames) {
        const unpacked = run("zstd", ["-d", "-c"], file.subarray(offset, offset + length));
        assert.deepEqual(
          new Uint8Array(unpacked),
          plain.subarray(plainOffset, plainOffset + plainLength),
        );
      }
      const last = frames.at(-1)!;
      assert.equal(last.plainOffset + last.plainLength, plain.length);
    });
  },
);

testWith({ programs: ["zstd"] }, "a flipped bit is noticed by zstd -t", async () => {
  await inPlace(async (place) => {
    await build(place, [[zstd, {}]]);
    const file = bytesOf(`${place.image}.zst`);
    file[file.length >> 1]! ^= 1;
    writeFileSync(`${place.image}.zst`, file);
    assert.throws(() => run("zstd", ["-q", "-t", `${place.image}.zst`]), /ended with/);
  });
});

testWith(
  { programs: ["zstd", "age", "age-keygen"] },
  "compressed, then encrypted: in one pass, and each on its own by files",
  async () => {
    for (const form of FORMS) {
      await inPlace(async (place) => {
        const key = `${place.folder}/key`;
        run("age-keygen", ["-o", key]);
        const recipient = new TextDecoder().decode(run("age-keygen", ["-y", key])).trim();
        const { image } = await build(
          place,
          [[zstd, {}], [age, { recipients: [recipient] }]],
          form,
        );
        assert.equal(image.payload?.name, "photos.img.zst.age");
        const packed = `${place.folder}/packed`;
        run("age", ["-d", "-i", key, "-o", packed, image.payload.path]);
        assert.deepEqual(run("zstd", ["-d", "-c", packed]), readFileSync(place.image));
        const between = namesIn(place).filter((name) => name === "photos.img.zst");
        assert.deepEqual(between, form === "file" ? ["photos.img.zst"] : []);
      });
    }
  },
);

testWith(
  { programs: ["zstd"] },
  "pieces of any size, and none at all, are compressed",
  async () => {
    const whole = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
    for (const sizes of [[], [0], [1024], [1, 1023, 1025, 7951], [10_000]]) {
      let offset = 0;
      const pieces = sizes.map((size) => whole.subarray(offset, offset += size));
      const readable = ReadableStream.from(pieces).pipeThrough(seekable(3, 1024));
      const file = new Uint8Array(await new Response(readable).arrayBuffer());
      assert.deepEqual(new Uint8Array(run("zstd", ["-d", "-c"], file)), whole.slice(0, offset));
      const frames = framesOf(file);
      assert.equal(frames.length, Math.max(1, Math.ceil(offset / 1024)));
    }
  },
);

Deno.test("the table has the bytes that the format's document gives", () => {
  const table = seekTable([{ compressedBytes: 0x01020304, plainBytes: 0x0a0b0c0d }]);
  assert.equal(
    table.toHex(),
    "5e2a4d18" + "11000000" + "04030201" + "0d0c0b0a" + "01000000" + "00" + "b1ea928f",
  );
});

const REFUSED: readonly (readonly [OptionValues, RegExp])[] = [
  [{ level: 23 }, /cannot set zstd\.level to 23: expected a whole number from 1 to 22/],
  [{ level: "much" }, /cannot set zstd\.level to "much": expected a whole number/],
  [{ level: 1.5 }, /zstd\.level to 1\.5/],
  [{ frameSize: "2G" }, /cannot set zstd\.frameSize to .*: expected a size from 1K to 128M/],
];

for (const [given, message] of REFUSED) {
  Deno.test(`${JSON.stringify(given)} is refused before anything is written`, async () => {
    await inPlace(async (place) => {
      await assert.rejects(build(place, [[zstd, given]]), message);
      assert.deepEqual(namesIn(place), []);
    });
  });
}

testWith({ programs: ["zstd"] }, "the head of a frame is read as zstd writes it", () => {
  for (const size of [0, 1, 255, 256, 65_791, 65_792, 3_000_000]) {
    const plain = new Uint8Array(size);
    const frame = run("zstd", ["-q", `--stream-size=${size}`, "-c"], plain);
    checkFrame(frame, size);
    assert.throws(() => checkFrame(frame, size + 1), /cannot rely on the zstd of this runtime: it/);
  }
});

Deno.test("what is not a frame of what was to be compressed is not believed", () => {
  for (const junk of [new Uint8Array(0), new Uint8Array(100), new TextEncoder().encode("plain")]) {
    assert.throws(() => checkFrame(junk, junk.length), { code: "wrong-output" });
  }
});

Deno.test("what was compressed is one frame, also where a runtime puts an empty one behind it", async () => {
  for (const size of [1, 500_000, 522_240, 1 << 20]) {
    const frame = Buffer.from(await compressFrame(noise(size, 3), 3));
    const magic = Buffer.from("28b52ffd", "hex");
    assert.equal(frame.indexOf(magic), 0);
    assert.equal(frame.lastIndexOf(magic), 0, `of ${size}`);
    assert.equal(zstdDecompressSync(frame).length, size);
  }
});
