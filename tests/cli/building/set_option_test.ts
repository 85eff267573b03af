import assert from "node:assert/strict";
import { withSettings } from "../../../cli/building/set_option.ts";
import { pipeline, recipes, type Step } from "../../../mod.ts";

const sending: Step = {
  name: "sending",
  after: "hash",
  options: {
    hosts: { type: "strings", help: "who gets it" },
    tries: { type: "number", help: "how often" },
  },
  run: () => {},
};

/** What a list of settings makes of the options of `sending`. */
const given = (...settings: string[]) => {
  const based = pipeline(recipes.native).use(sending, {
    hosts: ["from a recipe"],
  });
  return withSettings(based, settings).placed.find(({ step }) =>
    step.name === "sending"
  )!.given;
};

Deno.test("a list that is set several times has all of it, and nothing of before", () => {
  assert.deepEqual(given("sending.hosts=a,b", "sending.hosts=c"), {
    hosts: "a,b,c",
  });
});

Deno.test("of one value that is set several times the last counts", () => {
  const { tries } = given("sending.tries=1", "sending.tries=2");
  assert.equal(tries, "2");
});

const unknown: readonly (readonly [setting: string, says: RegExp])[] = [
  [
    "age.recipients=age1x",
    /^cannot set age\.recipients: there is no step age .*Add it with --use age\.$/,
  ],
  ["age.passphrase", /^cannot set age\.passphrase: .* --use age\.$/],
  ["s3.to:secret", /^cannot set s3\.to: .* --use s3\.$/],
  [
    "allocate.size=1G",
    /It is one of recipe e2fsprogs: build with --recipe e2fsprogs\.$/,
  ],
  [
    "hasch.algorithm=sha256",
    /cannot find a step named "hasch" .*Did you mean hash\?/,
  ],
];

for (const [setting, message] of unknown) {
  Deno.test(`an option of a step that is not there says how to get it: ${setting}`, () => {
    const set = () => withSettings(pipeline(recipes.native), [setting]);
    assert.throws(set, { name: "UsageError", code: "unknown-step", message });
  });
}
