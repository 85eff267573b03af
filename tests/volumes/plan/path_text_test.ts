import assert from "node:assert/strict";
import fc from "fast-check";
import { pathBytes, pathText } from "../../../volumes/plan/path_text.ts";

Deno.test("any path as text leads back to its bytes, and is one line of printable characters", () => {
  fc.assert(fc.property(
    fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: "binary" }).map((it) => new TextEncoder().encode(it)),
    ),
    (bytes) => {
      const text = pathText(bytes);
      assert.deepEqual([...pathBytes(text)], [...bytes]);
      // deno-lint-ignore no-control-regex -- finding control characters is the point
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/);
    },
  ));
});

Deno.test("what is UTF-8 stays readable", () => {
  const text = (it: string) => pathText(new TextEncoder().encode(it));
  assert.equal(text("Fotos/Äpfel 100%"), "Fotos/Äpfel 100%25");
  assert.equal(text("a\nb"), "a%0ab");
  assert.equal(pathText(Uint8Array.of(0x61, 0xff, 0x2f)), "a%ff/");
});
