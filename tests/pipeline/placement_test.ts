import assert from "node:assert/strict";
import type { Pipeline, Placement } from "../../pipeline/pipeline.ts";
import type { Step } from "../../pipeline/step.ts";
import { pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

const base = pipelineOf([step("scan"), seal, step("hash")]);

const placements:
  readonly (readonly [string, (pipeline: Pipeline) => Pipeline, string])[] = [
    [
      "insertBefore",
      (p) => p.insertBefore("seal", step("x")),
      "scan x seal hash",
    ],
    [
      "insertAfter",
      (p) => p.insertAfter("hash", step("x")),
      "scan seal hash x",
    ],
    [
      "use without a place puts last",
      (p) => p.use(step("x")),
      "scan seal hash x",
    ],
    [
      "use before",
      (p) => p.use(step("x"), {}, { before: "scan" }),
      "x scan seal hash",
    ],
    [
      "use after",
      (p) => p.use(step("x"), {}, { after: "scan" }),
      "scan x seal hash",
    ],
    [
      "a step's own before",
      (p) => p.use(step("x", { before: "hash" })),
      "scan seal x hash",
    ],
    [
      "a step's own after",
      (p) => p.use(step("x", { after: "seal" })),
      "scan seal x hash",
    ],
    [
      "a placement wins over the step's own",
      (p) => p.use(step("x", { after: "hash" }), {}, { before: "seal" }),
      "scan x seal hash",
    ],
    [
      "several after one step, in the order they are put there",
      (p) =>
        ["x", "y", "z"].reduce(
          (q, name) => q.use(step(name), {}, { after: "seal" }),
          p,
        ),
      "scan seal x y z hash",
    ],
    [
      "several before one step, in the order they are put there",
      (p) =>
        ["x", "y"].reduce(
          (q, name) => q.use(step(name), {}, { before: "seal" }),
          p,
        ),
      "scan x y seal hash",
    ],
    [
      "a step after one that was put there",
      (p) =>
        p.use(step("x"), {}, { after: "seal" }).use(step("y"), {}, {
          after: "x",
        }),
      "scan seal x y hash",
    ],
    ["without", (p) => p.without("scan"), "seal hash"],
  ];

for (const [name, change, expected] of placements) {
  Deno.test(`placement: ${name}`, () => {
    assert.equal(change(base).names.join(" "), expected);
    assert.equal(
      base.names.join(" "),
      "scan seal hash",
      "the first pipeline is as it was",
    );
  });
}

const errors: readonly (readonly [string, () => unknown, RegExp, string])[] = [
  [
    "an unknown name is answered with the nearest",
    () => base.insertAfter("hsah", step("x")),
    /cannot find a step named "hsah" in recipe test\. Did you mean hash\?/,
    "unknown-step",
  ],
  [
    "a name like no other is answered with all",
    () => base.without("photographs"),
    /Its steps: scan, seal, hash\./,
    "unknown-step",
  ],
  [
    "options for an unknown step",
    () => base.with("sealed", {}),
    /Did you mean seal\?/,
    "unknown-step",
  ],
  [
    "a step's own place that is not there",
    () => base.use(step("x", { after: "pack" })),
    /cannot put x after pack, where it belongs: recipe test has no step "pack"\. .*Give it another place\./,
    "unknown-step",
  ],
  [
    "a place given that is not there",
    () => base.use(step("x"), {}, { before: "hsah" }),
    /cannot put x before hsah: recipe test has no step "hsah"\. Did you mean hash\?$/,
    "unknown-step",
  ],
  [
    "a step whose changes is not a truth value",
    () =>
      base.use({ name: "x", run: () => {}, changes: "yes" } as unknown as Step),
    /cannot use step "x": its changes must be true or false\. Correct the step\./,
    "bad-step",
  ],
  [
    "a step whose options are not a record of options",
    () =>
      base.use(
        {
          name: "x",
          run: () => {},
          options: { to: "text" },
        } as unknown as Step,
      ),
    /its options must be a record of options, each with a help text and a type/,
    "bad-step",
  ],
  [
    "two steps of one name",
    () => base.use(step("hash")),
    /cannot have two steps named hash: options and placement go by name\. Rename one/,
    "duplicate-step",
  ],
  [
    "a name with capitals",
    () => base.use(step("Upload")),
    /cannot use a step "Upload": a name is lower case letters, digits and hyphens/,
    "bad-step",
  ],
  [
    "a step without a name",
    () => base.use({ run: () => {} } as unknown as Step),
    /cannot use a step without a name/,
    "bad-step",
  ],
  [
    "an option that the step does not have",
    () =>
      base.use(
        step("x", { options: { speed: { type: "number", help: "" } } }),
        { sped: 1 },
      ),
    /cannot set x\.sped: step x has no such option\. Did you mean speed\?/,
    "unknown-option",
  ],
  [
    "a value that the option does not take",
    () =>
      base.use(
        step("x", { options: { speed: { type: "number", help: "" } } }),
        { speed: "no" },
      ),
    /cannot set x\.speed to "no": expected a number/,
    "bad-option",
  ],
  [
    "an option for a step that has none",
    () => base.with("scan", { speed: 1 }),
    /cannot set scan\.speed: step scan has no such option\. Its options: none\./,
    "unknown-option",
  ],
  [
    "a placement where the options belong",
    () => base.use(step("x"), { after: "scan" }),
    /cannot set x\.after: step x has no such option/,
    "unknown-option",
  ],
  [
    "an option of a step that is inserted",
    () => base.insertAfter("scan", step("x"), { speed: 1 }),
    /cannot set x\.speed: step x has no such option/,
    "unknown-option",
  ],
  [
    "nothing at all",
    () => base.use(undefined as unknown as Step),
    /cannot use a step without a name/,
    "bad-step",
  ],
  [
    "a step without run",
    () => base.use({ name: "x" } as unknown as Step),
    /it has no run function\. Add run\(image, context\)/,
    "bad-step",
  ],
];

for (const [name, change, message, code] of errors) {
  Deno.test(`placement is refused: ${name}`, () => {
    assert.throws(change, { name: "UsageError", message, code });
  });
}

Deno.test("options given in several calls are added up, the last value wins", async () => {
  const seen: unknown[] = [];
  const options = {
    a: { type: "string", help: "" },
    b: { type: "string", help: "" },
  } as const;
  const taking = step("taking", {
    options,
    run: (_, context) => void seen.push(context.options),
  });
  const placement: Placement = { before: "scan" };
  await base.use(taking, { a: "1", b: "1" }, placement).with("taking", {
    b: "2",
  }).run(REQUEST);
  assert.deepEqual(seen, [{ a: "1", b: "2" }]);
});
