import assert from "node:assert/strict";
import fc from "fast-check";
import {
  exactSize,
  formatSize,
  parseSize,
} from "../../../pipeline/words/size.ts";

const sizes: Readonly<Record<string, number>> = {
  "1": 1,
  "4096": 4096,
  "1K": 1024,
  "1k": 1024,
  "52G": 52 * 2 ** 30,
  "1.5T": 1.5 * 2 ** 40,
  "200MiB": 200 * 2 ** 20,
  "200MB": 200e6,
  "1KB": 1000,
  "7B": 7,
  " 3 M ": 3 * 2 ** 20,
  "0.5": 1,
};

for (const [text, bytes] of Object.entries(sizes)) {
  Deno.test(`${JSON.stringify(text)} is a size of ${bytes} bytes`, () => {
    assert.equal(parseSize(text, "it"), bytes);
  });
}

Deno.test("a size that no number holds exactly is too large", () => {
  assert.throws(() => parseSize("8P", "it"), { message: /too large/ });
});

Deno.test("zero is a size where it is allowed, in any unit, and what is not one is refused as that", () => {
  for (const text of ["0", "0K", "0.0 MiB"]) {
    assert.equal(parseSize(text, "it", 0), 0);
  }
  assert.throws(() => parseSize("far", "--offset", 0), {
    message:
      /^cannot use "far" for --offset: it is not a size\. Write a number with K, M, G or T/,
  });
});

for (
  const text of [
    "",
    " ",
    "0",
    "0K",
    "-1",
    "+1",
    "50Q",
    "1e3",
    "0x10",
    "1,5G",
    "NaN",
    "K",
    "1 2",
    "Infinity",
  ]
) {
  Deno.test(`${JSON.stringify(text)} is not a size`, () => {
    assert.throws(() => parseSize(text, "--size"), {
      name: "UsageError",
      code: "bad-size",
      message:
        `cannot use ${
          JSON.stringify(text)
        } for --size: it is not a size above zero. ` +
        "Write a number with K, M, G or T, such as 500M or 52G.",
    });
  });
}

Deno.test("any number with any unit is read exactly", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999 }),
      fc.constantFrom(..."KMGT"),
      (n, unit) => {
        const factor = 1024 ** ("KMGT".indexOf(unit) + 1);
        assert.equal(parseSize(`${n}${unit}`, "it"), n * factor);
        assert.equal(parseSize(`${n}${unit}iB`, "it"), n * factor);
        assert.equal(
          parseSize(`${n}${unit}B`, "it"),
          n * 1000 ** ("KMGT".indexOf(unit) + 1),
        );
      },
    ),
  );
});

Deno.test("what is shown is read back within one percent, and never wider than ten columns", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 52 }), (bytes) => {
    const shown = formatSize(bytes);
    assert.ok(shown.length <= 8, shown);
    const back = parseSize(shown, "it");
    assert.ok(
      Math.abs(back - bytes) <= bytes * 0.01 + 1,
      `${bytes} as ${shown}`,
    );
  }));
});

Deno.test("the exact form of a size is the shortest that means the same", () => {
  for (const text of ["1", "1000", "1K", "5M", "1500M", "5G", "1023K", "3T"]) {
    assert.equal(exactSize(parseSize(text, "it")), text);
  }
  assert.equal(exactSize(2048), "2K");
});
