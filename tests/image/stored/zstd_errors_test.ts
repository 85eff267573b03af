import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import { zstdCompressSync } from "node:zlib";
import { pipeline, recipes } from "../../../mod.ts";
import zstd, { compressFrame } from "../../../plugins/zstd.ts";
import { type CorruptImageError, extractImage, openImage } from "../../../read.ts";
import { contentsOf, storedPlace, tool } from "../../support/images/stored_image.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** A frame as the table lists it. */
interface Listed {
  readonly compressed: number;
  readonly plain: number;
  readonly checksum?: number;
}

/** A table, right or wrong. */
function table(
  frames: readonly Listed[],
  { count = frames.length, flags = frames[0]?.checksum === undefined ? 0 : 0x80, skip = 0 } = {},
): Uint8Array {
  const entryBytes = (flags & 0x80) === 0 ? 8 : 12;
  const bytes = new DataView(new ArrayBuffer(8 + frames.length * entryBytes + 9));
  bytes.setUint32(0, 0x184d2a5e, true);
  bytes.setUint32(4, bytes.byteLength - 8 + skip, true);
  for (const [index, { compressed, plain, checksum = 0 }] of frames.entries()) {
    bytes.setUint32(8 + index * entryBytes, compressed, true);
    bytes.setUint32(12 + index * entryBytes, plain, true);
    if (entryBytes === 12) bytes.setUint32(16 + index * entryBytes, checksum, true);
  }
  bytes.setUint32(bytes.byteLength - 9, count, true);
  bytes.setUint8(bytes.byteLength - 5, flags);
  bytes.setUint32(bytes.byteLength - 4, 0x8f92eab1, true);
  return new Uint8Array(bytes.buffer);
}

async function failure(path: string): Promise<CorruptImageError> {
  try {
    await using image = await openImage(path);
    await contentsOf(image);
  } catch (error) {
    return error as CorruptImageError;
  }
  return assert.fail("it was read");
}

Deno.test("a table that contradicts itself or the file is refused, and takes no memory", async () => {
  await inTemporaryFolder(async (folder) => {
    const plain = Buffer.alloc(100_000, "An ice core. ");
    const frame = zstdCompressSync(plain);
    const right = { compressed: frame.length, plain: plain.length };
    const exabytes = Array.from({ length: 1000 }, () => ({ compressed: 1, plain: 0xffff_ffff }));
    const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
      ["overlaps", table([right, right]), /its frames take \d+ bytes, and there are/],
      ["gaps", table([{ ...right, compressed: 3 }]), /its frames take 3 bytes/],
      ["exabytes", table(exabytes), /its frame 0 has 4294967295 bytes/],
      ["a billion frames", table([right], { count: 0x7fff_ffff }), /it lists 2147483647 frames/],
      [
        "more frames than there is room",
        table([right], { count: 100_000 }),
        /larger than the file/,
      ],
      ["fewer frames than there are", table([right, right], { count: 1 }), /its beginning is not/],
      ["another size of the table", table([right], { skip: 5 }), /its beginning is not where/],
      ["reserved bits", table([right], { flags: 0x10 }), /it is of a kind that is not known/],
      ["a frame larger than its contents", table([{ compressed: frame.length, plain: 1 }]), /./],
    ];
    for (const [name, listed, expected] of cases) {
      const path = `${folder}/x.zst`;
      writeFileSync(path, Buffer.concat([frame, listed]));
      const error = await failure(path);
      assert.match(error.message, expected, name);
      assert.equal(
        error.code === "seek-table" || error.code === "zstd-frame",
        true,
        `${name}: ${error.code}`,
      );
    }
  });
});

Deno.test("sizes that lie about a frame are found out, without unpacking more than listed", async () => {
  await inTemporaryFolder(async (folder) => {
    const bomb = zstdCompressSync(Buffer.alloc(512 << 20));
    for (const plain of [4096, 1 << 20, 100 << 20]) {
      writeFileSync(
        `${folder}/x.zst`,
        Buffer.concat([bomb, table([{ compressed: bomb.length, plain }])]),
      );
      const error = await failure(`${folder}/x.zst`);
      assert.match(`${error.code}`, /zstd-frame|seek-table/);
    }
  });
});

Deno.test("checksums in the table are checked, whether the frames have their own or not", async () => {
  await inTemporaryFolder(async (folder) => {
    const place = await storedPlace(folder);
    const plain = readFileSync(place.image);
    await using whole = await openImage(place.image);
    const expected = await contentsOf(whole);
    for (const own of [0, 1]) {
      const frames: Uint8Array[] = [];
      const listed: Listed[] = [];
      for (let at = 0; at < plain.length; at += 1 << 20) {
        const piece = plain.subarray(at, at + (1 << 20));
        const checked = await compressFrame(piece, 3);
        // The low half of XXH64, as the frame ends in it.
        const checksum = new DataView(checked.buffer, checked.byteOffset, checked.length)
          .getUint32(checked.length - 4, true);
        const bare = Uint8Array.from(checked.subarray(0, -4));
        bare[4]! &= ~4;
        const frame = own === 1 ? checked : bare;
        frames.push(frame);
        listed.push({ compressed: frame.length, plain: piece.length, checksum });
      }
      const path = `${folder}/x-${own}.zst`;
      writeFileSync(path, Buffer.concat([...frames, table(listed)]));
      await using image = await openImage(path);
      assert.deepEqual(await contentsOf(image), expected);
      const wrong = listed.map((each, index) => index === 1 ? { ...each, checksum: 7 } : each);
      writeFileSync(path, Buffer.concat([...frames, table(wrong)]));
      const error = await failure(path);
      assert.match(error.message, /the compressed frame 1 of .*x-\d\.zst is /);
    }
  });
});

testWith(
  { programs: ["zstd"] },
  "a zstd file without a table is refused, with the way out",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const { image } = await storedPlace(folder);
      tool("zstd", ["-q", image]);
      const error = await failure(`${image}.zst`);
      assert.equal(error.code, "no-seek-table");
      const command = /Unpack it with (zstd -d -o (\S+) \S+)\.$/.exec(error.message);
      tool("sh", ["-c", command![1]!]);
      assert.deepEqual(readFileSync(command![2]!), readFileSync(image));
    });
  },
);

Deno.test("a flipped byte costs the files in its frame, which are named; a cut file is refused", async () => {
  await inTemporaryFolder(async (folder) => {
    const { source } = await storedPlace(folder);
    const { image } = await pipeline(recipes.native).use(zstd, { frameSize: 100_000 })
      .run({ sources: [source], output: `${folder}/a.img` });
    const path = image.payload!.path;
    const bytes = readFileSync(path);
    const at = bytes.indexOf(
      readFileSync(`${source}/2024/01/ice.jpg`).subarray(1_500_000, 1_500_032),
    );
    assert.ok(at > 0, "what does not compress is stored as it is");
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 4;
    writeFileSync(path, flipped);
    await using opened = await openImage(path);
    const seen: string[] = [];
    const { countDamaged } = await extractImage(opened, {
      target: `${folder}/out`,
      onDamaged: ({ message }) => void seen.push(message),
    });
    assert.equal(countDamaged, 1);
    assert.match(seen[0]!, /ice\.jpg: the compressed frame \d+ of .*a\.img\.zst is damaged\./);
    for (const end of [bytes.length - 1, bytes.length - 9, bytes.length >> 1]) {
      writeFileSync(path, bytes.subarray(0, end));
      assert.equal((await failure(path)).code, "no-seek-table");
    }
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 100), bytes.subarray(200)]));
    assert.equal((await failure(path)).code, "seek-table");
  });
});
