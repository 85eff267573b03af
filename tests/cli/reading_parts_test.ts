import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOfPrinted } from "../../cli/arguments/typed_path.ts";
import { momentOf } from "../../cli/finding/moment.ts";
import { sizeTest } from "../../cli/finding/size_test.ts";
import { sizeText } from "../../cli/listing/long_rows.ts";
import { modeText } from "../../cli/listing/mode_text.ts";
import { isoTime } from "../../cli/listing/time_text.ts";
import { jsonLine } from "../../cli/output/output.ts";
import { printable } from "../../plugin.ts";

Deno.test("modes are written as ls -l writes them", () => {
  const cases = [
    ["file", 0o100644, "-rw-r--r--"],
    ["folder", 0o041777, "drwxrwxrwt"],
    ["folder", 0o041776, "drwxrwxrwT"],
    ["file", 0o104755, "-rwsr-xr-x"],
    ["file", 0o106644, "-rwSr-Sr--"],
    ["file", 0o102750, "-rwxr-s---"],
    ["symlink", 0o120777, "lrwxrwxrwx"],
    ["socket", 0o140000, "s---------"],
    ["block-device", 0o060660, "brw-rw----"],
  ] as const;
  for (const [kind, mode, text] of cases) {
    assert.equal(modeText({ kind, mode }), text);
  }
});

Deno.test("human sizes round up, as ls -h does", () => {
  const cases = [
    [0, "0"],
    [1023, "1023"],
    [1024, "1.0K"],
    [1025, "1.1K"],
    [10_240, "10K"],
    [10_241, "11K"],
    [1_048_575, "1.0M"],
    [3_000_000, "2.9M"],
    [2 ** 40, "1.0T"],
  ] as const;
  for (const [bytes, text] of cases) assert.equal(sizeText(bytes, true), text);
  assert.equal(sizeText(1_048_576, false), "1048576");
});

Deno.test("sizes are tested for larger, smaller and exactly", () => {
  assert.deepEqual([1023, 1024, 1025].map(sizeTest("+1K")), [
    false,
    false,
    true,
  ]);
  assert.deepEqual([1023, 1024, 1025].map(sizeTest("-1K")), [
    true,
    false,
    false,
  ]);
  assert.deepEqual([1023, 1024, 1025].map(sizeTest("1K")), [
    false,
    true,
    false,
  ]);
  assert.deepEqual([0, 1].map(sizeTest("0")), [true, false]);
  assert.deepEqual([0, 1].map(sizeTest("+0")), [false, true]);
  assert.throws(() => sizeTest("+"), { code: "bad-size" });
});

Deno.test("a moment is a date in the local time zone, or an age, and nothing else", () => {
  const local = (...parts: [number, number, number, number, number]) =>
    new Date(...parts).getTime() / 1000;
  assert.equal(momentOf("2024-05-01", "--newer"), local(2024, 4, 1, 0, 0));
  assert.equal(
    momentOf("2024-05-01 12:30", "--newer"),
    local(2024, 4, 1, 12, 30),
  );
  assert.equal(momentOf("2024-05-01T12:30:00Z", "--newer"), 1_714_566_600);
  assert.equal(momentOf("2024-05-01T12:30:00+02:00", "--newer"), 1_714_559_400);
  assert.equal(momentOf("2d", "--newer", 1_000_000_000), 1_000_000 - 172_800);
  assert.equal(momentOf("1.5h", "--newer", 1_000_000_000), 1_000_000 - 5400);
  for (
    const text of [
      "",
      "2024",
      "2024-13-01",
      "2024-02-30",
      "2023-02-29",
      "2024-05-01x",
      "5",
      "5y",
      "yesterday",
    ]
  ) {
    assert.throws(() => momentOf(text, "--newer"), { code: "bad-time" }, text);
  }
});

Deno.test("times keep their nanoseconds, before 1970 too", () => {
  assert.equal(
    isoTime({ seconds: 1_714_559_400, nanoseconds: 7 }),
    "2024-05-01T10:30:00.000000007Z",
  );
  assert.equal(
    isoTime({ seconds: -1, nanoseconds: 5e8 }),
    "1969-12-31T23:59:59.500000000Z",
  );
});

// deno-lint-ignore no-control-regex -- finding control characters is the point
const COMMANDS =
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const anyName = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).map((text) =>
    new TextEncoder().encode(text)
  ),
);

Deno.test("no name is printed raw, and what is printed leads back to the name", () => {
  fc.assert(fc.property(anyName, (name) => {
    const text = printable(name);
    assert.doesNotMatch(text, COMMANDS);
    assert.deepEqual(
      bytesOfPrinted(text) ?? new TextEncoder().encode(text),
      name,
    );
  }));
});

Deno.test("no JSON commands a terminal, and it says what it said", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const line = jsonLine({ text });
    assert.doesNotMatch(line, COMMANDS);
    assert.deepEqual(JSON.parse(line), { text });
  }));
});
