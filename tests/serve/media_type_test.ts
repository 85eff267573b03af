import assert from "node:assert/strict";
import fc from "fast-check";
import { mediaOf, PictureNames } from "../../serve/media/media_type.ts";

const pictures = new PictureNames();
const isPictureName = (name: Uint8Array) => pictures.has(name);
const isPicture = (name: Uint8Array) => mediaOf(name).shows === "picture";
const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("whether a name is a picture's is said the same way, however fast", () => {
  const named = [
    "a.jpg",
    "a.JPG",
    "jpg",
    ".jpg",
    "a.jpg.txt",
    "a.txt.Jpeg",
    "README",
    "a.",
    "",
    ".",
  ];
  for (
    const name of [
      ...named,
      "a.heic",
      ".gitignore",
      "x.gitignore",
      "a.jpg ",
      "a.properties",
    ]
  ) {
    assert.equal(isPictureName(bytesOf(name)), isPicture(bytesOf(name)), name);
  }
  assert.equal(isPictureName(bytesOf("IMG_0001.JPG")), true);
  assert.equal(isPictureName(bytesOf("notes.txt")), false);
  const part = fc.constantFrom(
    "a",
    "jpg",
    "PNG",
    "txt",
    "readme",
    ".",
    "..",
    "é",
    "gif\0",
    "webp",
  );
  fc.assert(fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
    const name = bytesOf(parts.join(""));
    assert.equal(isPictureName(name), isPicture(name), parts.join(""));
  }));
});
