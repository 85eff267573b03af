import assert from "node:assert/strict";
import { findDigestLine } from "../../../image/verify/side_file.ts";

const encoder = new TextEncoder();
const A = "a".repeat(128);
const B = "b".repeat(128);

async function* pieces(
  ...texts: readonly string[]
): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(encoder.encode(text));
}
const find = (...texts: readonly string[]) =>
  findDigestLine(pieces(...texts), "x.img.sha512", "x.img", "sha512");

Deno.test("the line of an image is found, wherever it is cut into pieces", async () => {
  const text = `${B}  other.img\n${A}  x.img\n${B}  y.img`;
  for (let at = 0; at < text.length; at += 7) {
    assert.equal((await find(text.slice(0, at), text.slice(at))).digest, A);
  }
});

Deno.test("the same line twice is one line", async () => {
  assert.equal(
    (await find(`${A}  x.img\n${A.toUpperCase()} *x.img\n`)).digest,
    A,
  );
});

Deno.test("two lines that contradict each other are refused, whichever comes first", async () => {
  for (const [one, other] of [[A, B], [B, A]]) {
    await assert.rejects(find(`${one}  x.img\n${other}  x.img\n`), {
      code: "bad-side-file",
      message:
        /^cannot use x\.img\.sha512: two lines in it are digests of x\.img, and they differ/,
    });
  }
});

Deno.test("the digest of another algorithm may stand beside it", async () => {
  assert.equal(
    (await find(`${"c".repeat(64)}  x.img\n${A}  x.img\n`)).digest,
    A,
  );
});

Deno.test("a renamed image has the only line; of several, none", async () => {
  assert.equal((await find(`${A}  old.img\n`)).digest, A);
  await assert.rejects(find(`${A}  old.img\n${A}  older.img\n`), {
    code: "bad-side-file",
  });
});

Deno.test("of a file that is not a side file, only a piece is held", async () => {
  let longest = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    const piece = new Uint8Array(1 << 20).fill(0x61);
    for (let i = 0; i < 300; i++) {
      yield await Promise.resolve(piece);
      if (i === 20 || i === 299) {
        longest = Math.max(longest, Deno.memoryUsage().heapUsed);
      }
    }
    yield encoder.encode(`\n${A}  x.img\n`);
  }
  const before = Deno.memoryUsage().heapUsed;
  const { digest } = await findDigestLine(
    endless(),
    "x.img.sha512",
    "x.img",
    "sha512",
  );
  assert.equal(digest, A);
  assert.ok(longest - before < 150 << 20, `${longest - before} bytes`);
});
