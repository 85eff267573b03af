import assert from "node:assert/strict";
import fc from "fast-check";
import { datedName, parseDatedName } from "../../../cli/rotation/dated_name.ts";

Deno.test("a name has the local date and time, and gives them back", () => {
  const timeMs = new Date(2026, 10, 26, 2, 0, 17).getTime();
  assert.equal(datedName("srv", timeMs), "srv-2026-11-26T0200.img");
  assert.equal(datedName("srv", timeMs, true), "srv-2026-11-26T020017.img");
  assert.deepEqual(parseDatedName("srv-2026-11-26T020017.img"), { series: "srv", timeMs });
});

Deno.test("a name in front may look like a date as well", () => {
  const timeMs = new Date(2026, 0, 2, 3, 4).getTime();
  const series = "srv-2025-01-01T0000";
  assert.deepEqual(parseDatedName(datedName(series, timeMs)), { series, timeMs });
});

Deno.test("what is not a date is not a name of ours", () => {
  for (
    const name of [
      "srv.img",
      "srv-2026-11-26.img",
      "srv-2026-02-31T0200.img",
      "srv-2026-11-26T2400.img",
      "srv-2026-11-26T0260.img",
      "-2026-11-26T0200.img",
      "srv-2026-11-26T0200.img.sha512",
    ]
  ) assert.equal(parseDatedName(name), undefined, name);
});

Deno.test("to the second, every moment comes back", () => {
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(fc.property(seconds, fc.string({ minLength: 1 }), (second, series) => {
    const parsed = parseDatedName(datedName(series, second * 1000, true));
    // The hour that autumn has twice comes back as one of the two.
    assert.equal(parsed?.series, series);
    assert.ok([0, 3600].includes(Math.abs(parsed.timeMs / 1000 - second)));
  }));
});
