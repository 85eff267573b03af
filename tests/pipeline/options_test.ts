import assert from "node:assert/strict";
import {
  checkOptions,
  type OptionSchema,
  type OptionValue,
} from "../../pipeline/options.ts";

type Row = readonly [
  Partial<OptionSchema>,
  OptionValue | undefined,
  OptionValue | RegExp | undefined,
];

const rows: readonly Row[] = [
  [{ type: "string" }, "text", "text"],
  [{ type: "string" }, "", ""],
  [{ type: "string" }, 3, /cannot set s\.o to 3: expected text\./],
  [{ type: "string" }, undefined, undefined],
  [{ type: "string", default: "d" }, undefined, "d"],
  [
    { type: "string", required: true },
    undefined,
    /it needs the option o \(help\)\. Set s\.o\./,
  ],
  [{ type: "string", choices: ["a", "b"] }, "a", "a"],
  [
    { type: "string", choices: ["auto", "1024"] },
    1024,
    /cannot set s\.o to 1024: expected one of auto, 1024, as text\./,
  ],
  [
    { type: "string", choices: ["a", "b"] },
    "c",
    /cannot set s\.o to "c": expected one of a, b\./,
  ],
  [
    { type: "string", choices: ["a"], secret: true },
    "hunter2",
    /cannot set s\.o to that value/,
  ],
  [{ type: "number" }, "12", 12],
  [{ type: "number" }, 1.5, 1.5],
  [{ type: "number" }, "", /expected a number/],
  [{ type: "number" }, "twelve", /expected a number/],
  [{ type: "number" }, Infinity, /expected a number/],
  [{ type: "number", least: 1, most: 60 }, "1", 1],
  [{ type: "number", least: 1, most: 60 }, 60, 60],
  [
    { type: "number", least: 1, most: 60, whole: true, unit: "seconds" },
    0,
    /cannot set s\.o to 0: expected a whole number of seconds from 1 to 60\./,
  ],
  [
    { type: "number", least: 1, most: 60 },
    60.5,
    /expected a number from 1 to 60\./,
  ],
  [
    { type: "number", least: 1 },
    "-5",
    /cannot set s\.o to "-5": expected a number of at least 1\./,
  ],
  [{ type: "number", most: 9 }, 10, /expected a number of at most 9\./],
  [{ type: "number", whole: true }, 1.5, /expected a whole number\./],
  [{ type: "number", whole: true }, 2 ** 60, /expected a whole number\./],
  [
    { type: "number", most: 9, default: 10 },
    undefined,
    /expected a number of at most 9\./,
  ],
  [{ type: "number", choices: ["1", "2"] }, "2.0", 2],
  [{ type: "number", choices: ["1", "2"] }, 3, /expected one of 1, 2\./],
  [{ type: "boolean" }, "yes", true],
  [{ type: "boolean" }, "false", false],
  [{ type: "boolean" }, true, true],
  [{ type: "boolean" }, "maybe", /expected true or false/],
  [{ type: "size" }, "4K", 4096],
  [{ type: "size" }, 5000, 5000],
  [
    { type: "size" },
    "50Q",
    /cannot use "50Q" for s\.o: it is not a size above zero/,
  ],
  [{ type: "size" }, 0, /size above zero/],
  [{ type: "size" }, -1, /size above zero/],
  [{ type: "size", least: 5 * 2 ** 20 }, "5M", 5 * 2 ** 20],
  [
    { type: "size", least: 5 * 2 ** 20 },
    "4M",
    /"4M": expected a size of at least 5M\./,
  ],
  [{ type: "strings", choices: ["a", "b"] }, "b,a", ["b", "a"]],
  [{ type: "strings", choices: ["a", "b"] }, [], []],
  [
    { type: "strings", choices: ["a", "b"] },
    ["a", "c"],
    /expected some of a, b\./,
  ],
  [{ type: "strings" }, "a,b", ["a", "b"]],
  [{ type: "strings" }, ["a,b", "c"], ["a,b", "c"]],
  [{ type: "strings" }, true, /expected a list/],
];

for (const [schema, given, expected] of rows) {
  const full = { type: "string", help: "help", ...schema } as OptionSchema;
  const verdict = expected instanceof RegExp
    ? "is refused"
    : `gives ${JSON.stringify(expected) ?? "nothing"}`;
  const what = JSON.stringify(given) ?? "nothing";
  Deno.test(`${what} for an option ${JSON.stringify(schema)} ${verdict}`, () => {
    const check = () => checkOptions("s", { o: full }, { o: given })["o"];
    if (expected instanceof RegExp) {
      assert.throws(check, { name: "UsageError", message: expected });
    } else {
      assert.deepEqual(check(), expected);
    }
  });
}

Deno.test("an unknown option is answered with the nearest, or with all", () => {
  const schema = {
    size: { type: "size", help: "" },
    label: { type: "string", help: "" },
  } as const;
  assert.throws(() => checkOptions("s", schema, { sise: 1 }), {
    code: "unknown-option",
    message: "cannot set s.sise: step s has no such option. Did you mean size?",
  });
  assert.throws(() => checkOptions("s", schema, { whatever: 1 }), {
    message: /Its options: size, label\./,
  });
  assert.throws(() => checkOptions("s", {}, { a: 1 }), {
    message: /Its options: none\./,
  });
});

Deno.test("names of Object's own are not options", () => {
  assert.throws(() => checkOptions("s", {}, { toString: "x" } as never), {
    code: "unknown-option",
  });
});
