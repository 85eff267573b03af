import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonError, parseLocatedJson } from "../../loading/located_json.ts";

Deno.test("any JSON is parsed as JSON.parse does, however it is laid out", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(undefined, 2, "\t"),
      (value, space) => {
        const text = JSON.stringify(value, null, space);
        // Names of Object's own go their own ways in literals.
        fc.pre(!text.includes("__proto__"));
        assert.deepEqual(parseLocatedJson(text).value, JSON.parse(text));
      },
    ),
  );
});

Deno.test("text is JSON exactly where JSON.parse says so", () => {
  const pieces = [
    '"a"',
    "1",
    "-0.5e3",
    "01",
    "true",
    "nul",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    " ",
    "\n",
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 8 }),
      (parts) => {
        const text = parts.join("");
        const accepts = (parse: (text: string) => unknown): boolean => {
          try {
            parse(text);
            return true;
          } catch (error) {
            // Twice the same name is where we are stricter.
            if (
              error instanceof JsonError && error.why.endsWith("is twice")
            ) return true;
            assert.ok(
              error instanceof SyntaxError || error instanceof JsonError,
            );
            return false;
          }
        };
        assert.equal(accepts(parseLocatedJson), accepts(JSON.parse), text);
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("each value has its line, by its path", () => {
  const { lines } = parseLocatedJson('{\n "a": [1,\n  {"b c": 2}],\n "d": 3}');
  assert.deepEqual([...lines], [["", 1], ["a", 2], ["a[0]", 2], ["a[1]", 3], [
    'a[1]."b c"',
    3,
  ], [
    "d",
    4,
  ]]);
});
