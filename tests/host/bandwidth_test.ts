import assert from "node:assert/strict";
import fc from "fast-check";
import { Bandwidth } from "../../host/bandwidth.ts";

Deno.test("at the rate nobody waits; above it, as long as the rate asks for", () => {
  const limit = new Bandwidth(1000);
  assert.equal(limit.take(1000, 0), 0);
  assert.equal(limit.take(500, 0), 500);
  assert.equal(limit.take(500, 500), 500);
  assert.equal(limit.take(100, 5000), 0);
});

Deno.test("whatever is taken when: no second has more than twice the rate, and on average not more", () => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ max: 3000, min: 0 })),
  );
  fc.assert(fc.property(steps, fc.integer({ min: 100, max: 5000 }), (steps, rate) => {
    const limit = new Bandwidth(rate);
    let [nowMs, total] = [0, 0];
    for (const [bytes, idleMs] of steps) {
      nowMs += idleMs;
      nowMs += limit.take(bytes, nowMs);
      total += bytes;
      // A second's worth may have been saved up.
      assert.ok(total <= rate * (nowMs / 1000 + 1) + 1e-6);
    }
  }));
});
