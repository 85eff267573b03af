import assert from "node:assert/strict";
import fc from "fast-check";
import { KEEP_RULES, keepReasons, type KeepRules } from "../../../cli/rotation/keep_rules.ts";

const DAY_MS = 86_400_000;
const utc = () => 0;
const at = (text: string) => Date.parse(`${text}Z`);

/** The dates that are kept, as `day: reasons`. */
function kept(times: readonly string[], rules: KeepRules): string[] {
  const reasons = keepReasons(times.map(at), rules, utc);
  return times.flatMap((time, index) =>
    reasons[index]!.length === 0 ? [] : [`${time.slice(0, 16)} ${reasons[index]!.join(", ")}`]
  );
}

Deno.test("the newest of each day is kept, of days that have one", () => {
  const times = ["2026-01-01T02:00", "2026-01-01T20:00", "2026-01-05T02:00", "2026-01-09T02:00"];
  assert.deepEqual(kept(times, { daily: 2 }), ["2026-01-05T02:00 daily", "2026-01-09T02:00 daily"]);
  assert.deepEqual(kept(times, { daily: 3 }), [
    "2026-01-01T20:00 daily",
    "2026-01-05T02:00 daily",
    "2026-01-09T02:00 daily",
  ]);
});

Deno.test("a rule that is not full yet keeps the oldest as well", () => {
  const times = ["2026-01-01T02:00", "2026-01-01T20:00", "2026-01-02T02:00"];
  assert.deepEqual(kept(times, { daily: 3 }), [
    "2026-01-01T02:00 oldest daily",
    "2026-01-01T20:00 daily",
    "2026-01-02T02:00 daily",
  ]);
});

Deno.test("weeks begin on Monday, across the turn of a year", () => {
  // The 1st of January 2027 is a Friday, in the week of Monday the 28th.
  const times = ["2026-12-27T02:00", "2026-12-28T02:00", "2027-01-03T02:00", "2027-01-04T02:00"];
  assert.deepEqual(kept(times, { weekly: 2 }), [
    "2027-01-03T02:00 weekly",
    "2027-01-04T02:00 weekly",
  ]);
});

Deno.test("an image may be kept for several reasons; without rules none is", () => {
  const times = ["2025-12-31T02:00", "2026-01-01T02:00"];
  assert.deepEqual(kept(times, { last: 1, daily: 1, monthly: 2, yearly: 2 }), [
    "2025-12-31T02:00 monthly, yearly",
    "2026-01-01T02:00 last, daily, monthly, yearly",
  ]);
  assert.deepEqual(kept(times, {}), []);
});

Deno.test("days are those of the local clock at that moment", () => {
  // Half past midnight in Berlin, in winter and in summer.
  const times = ["2026-01-14T23:30", "2026-01-15T12:00"].map(at);
  assert.deepEqual(keepReasons(times, { daily: 1 }, () => 60), [[], ["daily"]]);
  assert.deepEqual(keepReasons(times, { daily: 2 }, () => 60), [["oldest daily"], ["daily"]]);
  assert.deepEqual(keepReasons(times, { daily: 2 }, utc), [["daily"], ["daily"]]);
});

const rule = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const rules = fc.record({ last: rule, daily: rule, weekly: rule, monthly: rule, yearly: rule });
const start = at("2024-01-01T00:00");
const times = fc.uniqueArray(fc.integer({ min: 0, max: 1200 * 24 }), { maxLength: 60 })
  .map((hours) => hours.map((hour) => start + hour * 3_600_000));

Deno.test("whatever the dates: the newest is kept, and of each rule no more than it says", () => {
  fc.assert(fc.property(times, rules, (times, rules) => {
    const reasons = keepReasons(times, rules, utc);
    const hasRule = KEEP_RULES.some((rule) => rules[rule] !== undefined);
    const newest = times.indexOf(Math.max(...times));
    if (times.length > 0) assert.equal(reasons[newest]!.length > 0, hasRule);
    for (const rule of KEEP_RULES) {
      const count = reasons.flat().filter((each) => each.endsWith(rule)).length;
      assert.ok(count <= (rules[rule] ?? 0));
      assert.ok(count === Math.min(rules[rule] ?? 0, times.length) || rule !== "last");
    }
  }));
});

Deno.test("whatever the dates: the newest of each of the last days is kept, and of each month", () => {
  fc.assert(fc.property(times, fc.integer({ min: 1, max: 12 }), (times, n) => {
    for (const [rule, length] of [["daily", 10], ["monthly", 7], ["yearly", 4]] as const) {
      const period = (time: number) => new Date(time).toISOString().slice(0, length);
      const newest = new Map<string, number>();
      for (const time of times.toSorted((a, b) => a - b)) newest.set(period(time), time);
      const wanted = [...newest.values()].slice(-n);
      const reasons = keepReasons(times, { [rule]: n }, utc);
      const found = times.filter((_, index) => reasons[index]!.includes(rule));
      assert.deepEqual(found.toSorted((a, b) => a - b), wanted);
    }
  }));
});

Deno.test("what is kept is kept when the rules are applied once more", () => {
  fc.assert(fc.property(times, rules, (times, rules) => {
    const reasons = keepReasons(times, rules, utc);
    const left = times.filter((_, index) => reasons[index]!.length > 0);
    assert.ok(keepReasons(left, rules, utc).every((each) => each.length > 0));
  }));
});

Deno.test("pruned night after night, as many days, weeks, months and years are left", () => {
  let left: number[] = [];
  const rules = { daily: 7, weekly: 5, monthly: 12, yearly: 3 };
  for (let night = 0; night < 1200; night++) {
    left.push(start + night * DAY_MS + 7_200_000);
    const reasons = keepReasons(left, rules, utc);
    left = left.filter((_, index) => reasons[index]!.length > 0);
  }
  const reasons = keepReasons(left, rules, utc).flat();
  const count = (rule: string) => reasons.filter((each) => each === rule).length;
  assert.deepEqual(KEEP_RULES.map(count), [0, 7, 5, 12, 3]);
});
