import assert from "node:assert/strict";
import fc from "fast-check";
import { decodePath, encodePath, pathBelow, splitName } from "../../serve/tree/url_path.ts";

const name = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter((bytes) =>
  !bytes.includes(0) && !bytes.includes(0x2f) && !bytes.every((byte) => byte === 0x2e)
);

Deno.test("any path a file can have survives the way through an address", () => {
  fc.assert(fc.property(fc.array(name, { maxLength: 5 }), (names) => {
    const path = names.reduce(pathBelow, new Uint8Array());
    const text = encodePath(path);
    assert.match(text, /^[A-Za-z0-9\-._~/%]*$/);
    assert.deepEqual(decodePath(text), path);
    // What a browser makes of the address is the same.
    assert.equal(new URL(`http://x/${text}`).pathname, `/${text}`);
  }));
});

const refused = {
  "..": "what leads up",
  "a/../b": "what leads up in the middle",
  "%2e%2e/etc": "the same, encoded",
  "a/%2E%2e": "the same at the end",
  "a%2f..%2fb": "encoded slashes",
  "a%00b": "a NUL",
  "a%0": "half a byte",
  "a%zz": "no byte at all",
  "a\u20acb": "a character that should have been encoded",
  ".": "the folder itself",
};
for (const [text, what] of Object.entries(refused)) {
  Deno.test(`${what} is not a path: ${JSON.stringify(text)}`, () => {
    assert.equal(decodePath(text), undefined);
  });
}

Deno.test("what was encoded twice is the name that it says, and leads nowhere else", () => {
  assert.deepEqual(decodePath("%252e%252e"), new TextEncoder().encode("%2e%2e"));
  assert.deepEqual(decodePath("..%5C..%5Cetc"), new TextEncoder().encode("..\\..\\etc"));
});

Deno.test("a path is its folder and its name", () => {
  const path = new TextEncoder().encode("a/b/c");
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { folder, name } = splitName(path);
  assert.deepEqual([text(folder), text(name)], ["a/b", "c"]);
  assert.equal(splitName(new TextEncoder().encode("c")).folder.length, 0);
});
