import assert from "node:assert/strict";
import fc from "fast-check";
import { compileGlob } from "../../../source/glob.ts";
import { literalEnds } from "../../../volumes/catalogue/literal_ends.ts";

const decoder = new TextDecoder();
const endsOf = (glob: string) => {
  const { prefix, suffix } = literalEnds(glob);
  return [decoder.decode(prefix), decoder.decode(suffix)];
};

Deno.test("what a glob begins and ends with is known", () => {
  assert.deepEqual(endsOf("*.jpg"), ["", ".jpg"]);
  assert.deepEqual(endsOf("IMG_*.jpg"), ["IMG_", ".jpg"]);
  assert.deepEqual(endsOf("ice.txt"), ["ice.txt", "ice.txt"]);
  assert.deepEqual(endsOf("*"), ["", ""]);
  assert.deepEqual(endsOf("*.{jpg,png}"), ["", ""]);
  assert.deepEqual(endsOf("a\\*b"), ["a", "b"]);
});

Deno.test("no name that a glob means lacks its ends", () => {
  const text = (letters: RegExp) => fc.stringMatching(letters);
  const globs = text(/^[ab.*?[\]{},\\!-]{1,6}$/);
  fc.assert(
    fc.property(globs, text(/^[ab.\-!*\\[]{1,5}$/), (glob, name) => {
      if (!compileGlob(glob)(name)) return;
      const [prefix, suffix] = endsOf(glob);
      assert.ok(name.startsWith(prefix!) && name.endsWith(suffix!), `${glob} and ${name}`);
    }),
    { numRuns: 5000 },
  );
});
