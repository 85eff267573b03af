import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { embeddedPictures } from "../../serve/pictures/embedded_pictures.ts";
import { withOrientation } from "../../serve/pictures/oriented_jpeg.ts";
import { findProgram, requires } from "../support/programs/requirements.ts";
import { type Served, whileServed } from "../support/servers/served.ts";
import { tiffOf, TINY_JPEG, withExif } from "../support/trees/exif_jpeg.ts";
import { box, cr3Of, heicOf, heicOfEmptyPieces, rafOf } from "../support/trees/raw_pictures.ts";

const CAMERA = { make: "Canon", model: "Canon EOS R6", orientation: 6 };

/** A JPEG that is `countBytes` longer: what stands behind its end is not looked at. */
const longer = (countBytes: number) =>
  new Uint8Array(Buffer.concat([TINY_JPEG, Buffer.alloc(countBytes)]));
const [SHOWN, FULL] = [longer(1000), longer(70_000)];

const CR3 = cr3Of({
  tags: tiffOf(CAMERA),
  small: TINY_JPEG,
  shown: SHOWN,
  full: FULL,
  gapBytes: 65_536,
});
const PHOTO = withExif(longer(3000), { ...CAMERA, make: "FUJIFILM", thumbnail: TINY_JPEG });
const RAF = rafOf(PHOTO);
const HEIC = heicOf(SHOWN);
const HEAD_BYTES = 65_536;

const withPictures = (use: (served: Served) => Promise<void>) =>
  whileServed((source) => {
    writeFileSync(`${source}/canon.cr3`, CR3);
    writeFileSync(`${source}/fuji.raf`, RAF);
    writeFileSync(`${source}/phone.heic`, HEIC);
    // What lies in front of the JPEG is cut off.
    writeFileSync(`${source}/short.raf`, RAF.subarray(0, 200));
    writeFileSync(`${source}/short.cr3`, CR3.subarray(0, 300));
  }, use);

/** Of the difference of long pictures nobody wants to read. */
function isSame(bytes: Uint8Array, wanted: Uint8Array): void {
  assert.ok(Buffer.compare(bytes, wanted) === 0, `${bytes.length} bytes, not ${wanted.length}`);
}

const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const hold = (bytes: Uint8Array) => (offset: number, count: number) =>
  Promise.resolve(bytes.subarray(offset, offset + count));
const find = (bytes: Uint8Array) =>
  embeddedPictures(bytes.subarray(0, HEAD_BYTES), bytes.length, hold(bytes));

Deno.test("of a CR3 the small JPEG is the thumbnail, and that of full size the preview", async () => {
  await withPictures(async ({ at }) => {
    isSame(await bytesAt(at("thumb/canon.cr3")), withOrientation(TINY_JPEG, 6));
    isSame(await bytesAt(at("preview/canon.cr3")), withOrientation(FULL, 6));
    const { facts, from } = await (await fetch(at("info/canon.cr3"))).json();
    assert.equal(from, "preview");
    assert.deepEqual(
      facts.find(([label]: string[]) => label === "Camera"),
      ["Camera", "Canon EOS R6"],
    );
  });
});

Deno.test("of a CR3 little more is read than its head, wherever its previews lie", async () => {
  let countBytes = 0;
  const { previews } = await embeddedPictures(
    CR3.subarray(0, HEAD_BYTES),
    CR3.length,
    (offset, count) => {
      countBytes += count;
      return hold(CR3)(offset, count);
    },
  );
  assert.deepEqual(
    previews.map(({ sizeBytes }) => sizeBytes),
    [TINY_JPEG.length, SHOWN.length, FULL.length],
  );
  assert.ok(countBytes <= 256, `${countBytes} bytes`);
});

Deno.test("of a RAF the photo in it is shown, whose own EXIF says how it is turned", async () => {
  await withPictures(async ({ at }) => {
    isSame(await bytesAt(at("thumb/fuji.raf")), withOrientation(TINY_JPEG, 6));
    isSame(await bytesAt(at("preview/fuji.raf")), PHOTO);
  });
});

Deno.test("of a HEIC with a JPEG in it that one is shown", async () => {
  await withPictures(async ({ at }) => {
    isSame(await bytesAt(at("thumb/phone.heic")), SHOWN);
    isSame(await bytesAt(at("preview/phone.heic")), SHOWN);
  });
});

Deno.test("one that is cut off has no preview, and says so", async () => {
  await withPictures(async ({ at, problems }) => {
    for (const name of ["short.raf", "short.cr3"]) {
      assert.equal((await fetch(at(`preview/${name}`))).status, 204, name);
      assert.equal((await (await fetch(at(`info/${name}`))).json()).shows, "nothing", name);
    }
    assert.deepEqual(problems, []);
  });
});

Deno.test("any bytes may stand in a raw picture: nothing throws, and all lies in the file", async () => {
  // Those whose boxes are near each other: most changes then hit a field.
  const small = cr3Of({
    tags: tiffOf(CAMERA),
    small: TINY_JPEG,
    shown: TINY_JPEG,
    full: TINY_JPEG,
    gapBytes: 16,
  });
  const damaged = fc.tuple(
    fc.constantFrom(small, RAF.subarray(0, 400), heicOf(TINY_JPEG)),
    fc.array(
      fc.tuple(fc.nat(900), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0xff))),
      { maxLength: 12 },
    ),
    fc.nat(1200),
  ).map(([whole, changes, end]) => {
    const bytes = whole.slice();
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes.subarray(0, Math.max(end, 20));
  });
  await fc.assert(
    fc.asyncProperty(damaged, fc.nat(1200), async (bytes, headBytes) => {
      const head = bytes.subarray(0, headBytes);
      const { previews } = await embeddedPictures(head, bytes.length, hold(bytes));
      for (const { offsetBytes, sizeBytes } of previews) {
        assert.ok(offsetBytes >= 0 && sizeBytes > 0 && offsetBytes + sizeBytes <= bytes.length);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("boxes of no size, of the largest, and thousands of them end", async () => {
  const ftyp = box("ftyp", Buffer.from("crx \0\0\0\x01crx isom"));
  const empty = Buffer.concat(Array.from({ length: 20_000 }, () => box("free")));
  const zero = Buffer.concat([Buffer.alloc(4), Buffer.from("moov"), Buffer.alloc(100)]);
  const largest = Buffer.concat([
    Buffer.from("\0\0\0\x01moov", "latin1"),
    Buffer.alloc(8, 0xff),
    Buffer.alloc(100),
  ]);
  for (const rest of [empty, zero, largest]) {
    const bytes = new Uint8Array(Buffer.concat([ftyp, rest]));
    let countReads = 0;
    const { previews } = await embeddedPictures(bytes.subarray(0, 300), bytes.length, (at, n) => {
      countReads++;
      return hold(bytes)(at, n);
    });
    assert.deepEqual(previews, []);
    assert.ok(countReads <= 16);
  }
});

Deno.test("hundreds of millions of pieces of no size are passed over", async () => {
  assert.deepEqual((await find(heicOfEmptyPieces())).previews, []);
});

Deno.test("a HEIC without a JPEG has no preview", async () => {
  const bytes = Buffer.from(HEIC);
  bytes.write("hvc1", bytes.indexOf("jpeg"));
  assert.deepEqual((await find(new Uint8Array(bytes))).previews, []);
});

const { ignore, suffix } = requires({ programs: ["exiftool"] });
Deno.test({
  name: `exiftool finds the previews in the tests' CR3 and RAF as well${suffix}`,
  ignore,
  fn: async () => {
    await withPictures(async ({ folder }) => {
      const source = `${folder}/source of test.img`;
      const read = async (name: string, tag: string) => {
        const { stdout } = await new Deno.Command(findProgram("exiftool")!, {
          args: ["-b", `-${tag}`, `${source}/${name}`],
        }).output();
        return new Uint8Array(stdout);
      };
      isSame(await read("canon.cr3", "ThumbnailImage"), TINY_JPEG);
      isSame(await read("canon.cr3", "PreviewImage"), SHOWN);
      isSame(await read("fuji.raf", "PreviewImage"), PHOTO);
    });
  },
});
