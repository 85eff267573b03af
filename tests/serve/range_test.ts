import assert from "node:assert/strict";
import { answerRange, isKnown } from "../../serve/http/range.ts";

const SIZE = 1000;
const span = (startBytes: number, endBytes: number) => ({
  startBytes,
  endBytes,
});

const cases: readonly (readonly [
  range: string | undefined,
  answer: ReturnType<typeof answerRange>,
])[] = [
  [undefined, "whole"],
  ["bytes=0-0", span(0, 1)],
  ["bytes=0-", span(0, SIZE)],
  ["bytes=10-19", span(10, 20)],
  ["bytes=990-5000", span(990, SIZE)],
  ["bytes=-10", span(990, SIZE)],
  ["bytes=-5000", span(0, SIZE)],
  ["bytes=999-", span(999, SIZE)],
  ["bytes=1000-", "unsatisfiable"],
  ["bytes=99999999999999999999-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=20-10", "whole"],
  ["bytes=-", "whole"],
  ["bytes=a-b", "whole"],
  ["lines=1-2", "whole"],
  ["bytes=0-1,5-6", "whole"],
];
for (const [range, answer] of cases) {
  Deno.test(`Range: ${range} of ${SIZE} bytes is ${JSON.stringify(answer)}`, () => {
    assert.deepEqual(answerRange(range, undefined, '"a"', SIZE), answer);
  });
}

Deno.test("of an empty file no range can be had", () => {
  assert.equal(answerRange("bytes=0-", undefined, '"a"', 0), "unsatisfiable");
  assert.equal(answerRange("bytes=-1", undefined, '"a"', 0), "unsatisfiable");
});

Deno.test("If-Range with another tag, a weak one or a date has the whole file sent", () => {
  for (const tag of ['"b"', 'W/"a"', "Mon, 01 Jan 2024 00:00:00 GMT"]) {
    assert.equal(answerRange("bytes=0-9", tag, '"a"', SIZE), "whole");
  }
  assert.deepEqual(answerRange("bytes=0-9", '"a"', '"a"', SIZE), span(0, 10));
});

Deno.test("If-None-Match knows a tag in a list, a weak one, and all", () => {
  for (const known of ['"a"', '"x", "a"', 'W/"a"', "*"]) {
    assert.ok(isKnown(known, '"a"'), known);
  }
  for (const unknown of [undefined, '"x"', "a", ""]) {
    assert.ok(!isKnown(unknown, '"a"'));
  }
});
