import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { dimensionsOf } from "../../serve/pictures/dimensions.ts";
import { readExif } from "../../serve/pictures/exif.ts";
import { withOrientation } from "../../serve/pictures/oriented_jpeg.ts";
import { tiffPreviews } from "../../serve/pictures/tiff_previews.ts";
import { type Served, whileServed } from "../support/servers/served.ts";
import { tiffOf, TINY_JPEG, withExif } from "../support/trees/exif_jpeg.ts";

const HOSTILE = '<img src=x onerror="alert(1)">';
const CAMERA = {
  make: "Glacier",
  model: HOSTILE,
  taken: "2024:05:01 12:30:00",
  description: `</dd><script>alert(1)</script>`,
  orientation: 6,
  thumbnail: TINY_JPEG,
};

/** A PNG that says it has so many points, and holds none. */
function pngOf(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.writeUInt32BE(13, 8);
  bytes.write("IHDR", 12);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return new Uint8Array(bytes);
}

/** The largest file that ext4 can hold. */
const HUGE = 2 ** 44 - 4096;

function fill(source: string): void {
  writeFileSync(`${source}/photo.jpg`, withExif(TINY_JPEG, CAMERA));
  truncateSync(`${source}/photo.jpg`, 9_000_000);
  writeFileSync(`${source}/plain.jpg`, TINY_JPEG);
  writeFileSync(`${source}/bomb.png`, pngOf(100_000, 100_000));
  writeFileSync(`${source}/small.png`, pngOf(10, 10));
  writeFileSync(`${source}/camera.nef`, tiffOf({ ...CAMERA, thumbnail: TINY_JPEG }));
  writeFileSync(`${source}/phone.heic`, "ftypheic and no preview");
  writeFileSync(`${source}/broken.jpg`, withExif(TINY_JPEG, CAMERA).subarray(0, 60));
  writeFileSync(`${source}/no.jpg`, "no picture at all");
  writeFileSync(`${source}/huge.jpg`, "");
  truncateSync(`${source}/huge.jpg`, HUGE);
  writeFileSync(`${source}/note.txt`, "text");
}

const withPictures = (use: (served: Served) => Promise<void>) => whileServed(fill, use);

Deno.test("a thumbnail is the preview in the picture, turned as the picture is", async () => {
  await withPictures(async ({ at }) => {
    const answer = await fetch(at("thumb/photo.jpg"));
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "image/jpeg"]);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    assert.deepEqual(bytes, withOrientation(TINY_JPEG, 6));
    assert.equal((await readExif(bytes)).orientation, 6);
  });
});

Deno.test("of a small picture without a preview the thumbnail is the picture", async () => {
  await withPictures(async ({ at }) => {
    const answer = await fetch(at("thumb/plain.jpg"));
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), TINY_JPEG);
    assert.equal((await fetch(at("thumb/small.png"))).headers.get("content-type"), "image/png");
  });
});

Deno.test("what has no small picture is answered with 204, never with an error", async () => {
  await withPictures(async ({ at }) => {
    for (const name of ["bomb.png", "phone.heic", "broken.jpg", "no.jpg", "huge.jpg", "note.txt"]) {
      const answer = await fetch(at(`thumb/${name}`));
      assert.ok(answer.status === 204 || answer.status === 200, `${name}: ${answer.status}`);
      const bytes = await answer.arrayBuffer();
      assert.ok(bytes.byteLength < 1000, name);
    }
    assert.equal((await fetch(at("thumb/bomb.png"))).status, 204);
  });
});

Deno.test("a picture of 100,000 × 100,000 points is described, and not drawn", async () => {
  await withPictures(async ({ at }) => {
    const view = await (await fetch(at("info/bomb.png"))).json();
    assert.equal(view.shows, "nothing");
    assert.match(view.why, /more points than a browser can show/);
    assert.deepEqual(view.facts.find(([label]: string[]) => label === "Points"), [
      "Points",
      "100,000 × 100,000",
    ]);
    const page = await (await fetch(at("look/bomb.png"))).text();
    assert.ok(!page.includes("<img"));
  });
});

Deno.test("a raw picture shows the JPEG in it, one without shows why it does not", async () => {
  await withPictures(async ({ at }) => {
    const preview = await fetch(at("preview/camera.nef"));
    const bytes = new Uint8Array(await preview.arrayBuffer());
    assert.equal(preview.headers.get("content-length"), String(bytes.length));
    assert.deepEqual(bytes, withOrientation(TINY_JPEG, 6));
    assert.equal((await (await fetch(at("info/camera.nef"))).json()).from, "preview");
    assert.equal((await fetch(at("preview/phone.heic"))).status, 204);
    assert.match((await (await fetch(at("info/phone.heic"))).json()).why, /no preview/);
  });
});

Deno.test("what a camera wrote is text on the page, and nothing else", async () => {
  await withPictures(async ({ at }) => {
    const { facts } = await (await fetch(at("info/photo.jpg"))).json();
    const of = new Map<string, string>(facts);
    assert.equal(of.get("Taken"), "2024-05-01 12:30:00");
    assert.equal(of.get("Camera"), `Glacier ${HOSTILE}`);
    assert.equal(of.get("Description"), CAMERA.description);
    const page = await (await fetch(at("look/photo.jpg"))).text();
    assert.ok(!page.includes("<img src=x") && !page.includes("<script>alert"));
    assert.ok(page.includes("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"));
  });
});

Deno.test("of a picture no more is read than its first 64 KiB", async () => {
  await withPictures(async ({ image, server: _, at }) => {
    const read: number[] = [];
    const open = image.openFile.bind(image);
    image.openFile = async (...args) => {
      const file = await open(...args);
      const { readApart } = file;
      return Object.assign(Object.create(file), {
        stat: file.stat,
        readApart: (offset: number, into: Uint8Array) => {
          read.push(into.length);
          return readApart.call(file, offset, into);
        },
      });
    };
    await (await fetch(at("thumb/photo.jpg"))).arrayBuffer();
    assert.deepEqual(read, [65_536]);
  });
});

Deno.test("any bytes may stand in a picture: nothing throws, and nothing hangs", async () => {
  const real = withExif(TINY_JPEG, CAMERA);
  const damaged = fc.tuple(
    fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 12 }),
    fc.nat(real.length),
  )
    .map(([changes, end]) => {
      const bytes = real.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes.subarray(0, Math.max(end, 40));
    });
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
      const { orientation, facts } = await readExif(bytes);
      assert.ok(typeof orientation === "number" && Array.isArray(facts));
      dimensionsOf(bytes);
      tiffPreviews(bytes, bytes.length);
      tiffPreviews(bytes.subarray(30), bytes.length);
    }),
    { numRuns: 300 },
  );
});

Deno.test("folders of tags that lead in a circle end", () => {
  const bytes = Buffer.alloc(64);
  bytes.write("II");
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(1, 8);
  bytes.writeUInt16LE(0x14a, 10);
  bytes.writeUInt16LE(4, 12);
  bytes.writeUInt32LE(1, 14);
  bytes.writeUInt32LE(8, 18);
  bytes.writeUInt32LE(8, 22);
  assert.deepEqual(tiffPreviews(new Uint8Array(bytes), 64), { previews: [], orientation: 1 });
});

Deno.test("the size of a picture is read from the head of each kind", () => {
  const of = (...parts: (string | readonly number[])[]) =>
    dimensionsOf(
      new Uint8Array(Buffer.concat(parts.map((part) =>
        typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part)
      ))),
    );
  assert.deepEqual(dimensionsOf(pngOf(300, 200)), { width: 300, height: 200 });
  assert.deepEqual(of("GIF89a", [0x2c, 1, 0xc8, 0]), { width: 300, height: 200 });
  assert.deepEqual(of([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 17, 8, 0, 200, 1, 44]), {
    width: 300,
    height: 200,
  });
  assert.deepEqual(of("RIFF....WEBPVP8X", [0, 0, 0, 0, 0, 0, 0, 0, 0x2b, 1, 0, 0xc7, 0, 0]), {
    width: 300,
    height: 200,
  });
  assert.deepEqual(
    of("BM", new Array(12).fill(0), [40, 0, 0, 0, 0x2c, 1, 0, 0, 0x38, 0xff, 0xff, 0xff]),
    { width: 300, height: 200 },
  );
  assert.deepEqual(
    of([0, 0, 0, 8], "ftyp", [0, 0, 0, 20], "ispe", [0, 0, 0, 0, 0, 0, 1, 44, 0, 0, 0, 200]),
    { width: 300, height: 200 },
  );
  assert.equal(of("no picture"), undefined);
  assert.deepEqual(dimensionsOf(TINY_JPEG), { width: 1, height: 1 });
});
