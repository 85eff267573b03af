import assert from "node:assert/strict";
import { withSettings } from "../../cli/setting.ts";
import { pipeline, recipes, type Step } from "../../mod.ts";

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
  const based = pipeline(recipes.native).use(sending, { hosts: ["from a recipe"] });
  return withSettings(based, settings).placed.find(({ step }) => step.name === "sending")!.given;
};

Deno.test("a list that is set several times has all of it, and nothing of before", () => {
  assert.deepEqual(given("sending.hosts=a,b", "sending.hosts=c"), { hosts: "a,b,c" });
});

Deno.test("of one value that is set several times the last counts", () => {
  const { tries } = given("sending.tries=1", "sending.tries=2");
  assert.equal(tries, "2");
});
