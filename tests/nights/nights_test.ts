import assert from "node:assert/strict";
import fc from "fast-check";
import { keepReasons } from "../../cli/rotation/keep_rules.ts";
import { demanded } from "./expected.ts";
import { liveThrough } from "./nights.ts";

/** A sample of what `deno task nights` lives through by the hundred. */
Deno.test("fifteen nights with kills, full disks, missing and damaged images lose nothing", async () => {
  const { nights, backups, statesRestored } = await liveThrough(15, 5);
  assert.equal(nights, 15);
  assert.ok(backups >= 7 && statesRestored >= 5, `${backups} backups, ${statesRestored} restored`);
});

Deno.test("what the nights expect of the rules is what the rules say", () => {
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 });
  const rule = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
  const rules = fc.record({ last: rule, daily: rule, weekly: rule, monthly: rule, yearly: rule });
  fc.assert(fc.property(hours, rules, (hours, rules) => {
    const taken = hours.map((hour) => ({ name: `${hour}`, timeMs: hour * 3_600_000 }));
    const reasons = keepReasons(taken.map(({ timeMs }) => timeMs), rules);
    const kept = taken.filter((_, index) => reasons[index]!.length > 0).map(({ name }) => name);
    const newest = taken.toSorted((a, b) => a.timeMs - b.timeMs).slice(-1).map(({ name }) => name);
    assert.deepEqual(new Set([...kept, ...newest]), demanded(taken, rules));
  }));
});
