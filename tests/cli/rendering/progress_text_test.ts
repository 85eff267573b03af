import assert from "node:assert/strict";
import { progressText, totalText } from "../../../cli/rendering/progress_text.ts";

const GIB = 2 ** 30;
const third = { done: 1.2 * GIB, total: 3.6 * GIB, unit: "bytes" };

Deno.test("rate and time left are kept at any width, and no line is longer", () => {
  for (const label of ["[2/4] pack", "verify s3://vault/years/2026/photos-of-november.img"]) {
    for (let width = 39; width <= 220; width++) {
      const text = progressText(label, 3, width, third);
      assert.ok(text.length <= width, `${width}: ${text}`);
      assert.match(text, / 33 % .*410 MiB\/s {2}6\.0 s left$/, `${width}`);
    }
  }
});

Deno.test("the bar shrinks first, then the amounts go, then the label is cut", () => {
  const at = (columns: number, label = "[2/4] pack") => progressText(label, 3, columns - 1, third);
  assert.equal(at(40), "[2/4] pack  33 %  410 MiB/s  6.0 s left");
  assert.match(
    at(80),
    /^\[2\/4\] pack {2}\[#+-+\] {2} 33 % {2}1\.20 GiB of 3\.60 GiB {2}410 MiB\/s/,
  );
  const bar = (text: string) => /\[[#-]+\]/.exec(text)?.[0].length ?? 0;
  assert.ok(bar(at(80)) < bar(at(100)) && bar(at(100)) < bar(at(200)));
  assert.equal(bar(at(200)), 62);
  assert.doesNotMatch(at(60), /#|GiB/);
});

Deno.test("where nothing is known of the end, what is done and the time are shown", () => {
  const files = { done: 12_345, unit: "files" };
  assert.equal(progressText("[1/4] scan", 2, 79, files), "[1/4] scan  12,345 files  6,173 files/s");
  assert.equal(progressText("[3/4] shrink", 0.5, 79), "[3/4] shrink");
  assert.equal(progressText("[3/4] shrink", 75, 79), "[3/4] shrink  1 min 15 s");
});

Deno.test("a total has the amount, the time and the rate", () => {
  assert.equal(totalText(third, 3), "1.20 GiB in 3.0 s, 410 MiB/s");
});
