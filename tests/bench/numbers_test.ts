import assert from "node:assert/strict";
import { names } from "../../bench/contenders.ts";
import { generate } from "../../bench/data.ts";
import { judge } from "../../bench/goals.ts";
import { parseOptions } from "../../bench/options.ts";
import { median } from "../../bench/statistics.ts";
import { markdownTable, showBytes, showSeconds } from "../../bench/table.ts";

Deno.test("the median is the middle value, or the mean of the middle two", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([]), undefined);
});

Deno.test("a table lines up", () => {
  assert.equal(
    markdownTable(["what", "time"], [["tar", "1.50 s"], [
      "a long name",
      "9 ms",
    ]]),
    "| what        |   time |\n| ----------- | -----: |\n" +
      "| tar         | 1.50 s |\n| a long name |   9 ms |",
  );
});

Deno.test("seconds and bytes are shown for people", () => {
  assert.deepEqual([0.0454, 1.234, 20.66].map(showSeconds), [
    "45 ms",
    "1.23 s",
    "20.7 s",
  ]);
  assert.deepEqual([17, 1500, 2.16e9].map(showBytes), [
    "17 B",
    "1.50 kB",
    "2.16 GB",
  ]);
});

Deno.test("a data set is the same every time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = generate("small", `${folder}/a`, 0.001);
    const second = generate("small", `${folder}/b`, 0.001);
    assert.deepEqual([first.countFiles, first.countFolders], [
      100,
      50 + 100 + 1,
    ]);
    assert.deepEqual({ ...first, folder: "" }, { ...second, folder: "" });
    const path = "p7/m0/f7.ts";
    const [a, b] = ["a", "b"].map((name) => `${folder}/${name}/${path}`);
    assert.deepEqual(
      await Deno.readFile(a ?? ""),
      await Deno.readFile(b ?? ""),
    );
    assert.deepEqual(
      (await Deno.stat(a ?? "")).mtime,
      (await Deno.stat(b ?? "")).mtime,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("goals are judged by ratios, and say what was not measured", () => {
  const data = {
    folder: "",
    countFiles: 1,
    countFolders: 1,
    sizeBytes: 100,
    occupiedBytes: 200,
  };
  const verdicts = judge([{
    kind: "photos",
    data,
    results: [
      { name: names.native, seconds: 1, resultBytes: 101 },
      { name: names.byHand, seconds: 10 },
      { name: names.tar, why: "not installed: tar" },
    ],
  }]);
  const measured = (part: string) =>
    verdicts.find(({ what }) => what.includes(part))?.measured;
  assert.equal(measured("native / by hand"), 0.1);
  assert.equal(measured("native image / data"), 1.01);
  assert.equal(measured("native / tar"), undefined);
  assert.ok(verdicts.every(({ what }) => what.startsWith("photos")));
});

Deno.test("the command line of the benchmark refuses what it does not know", () => {
  assert.deepEqual(parseOptions(["--only", "small,flat"]).only, [
    "small",
    "flat",
  ]);
  assert.throws(
    () => parseOptions(["--only", "films"]),
    /unknown data set films\. Use photos,/,
  );
  assert.throws(
    () => parseOptions(["--rounds", "0"]),
    /--rounds needs a number above 0, not 0\./,
  );
  assert.throws(() => parseOptions(["--fast"]), /--fast/);
});
