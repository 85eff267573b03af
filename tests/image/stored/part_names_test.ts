import assert from "node:assert/strict";
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findByLeaps, findInRow } from "../../../image/stored/split/find_parts.ts";
import { seriesOf } from "../../../image/stored/split/part_names.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** What the program is given, and how many parts it is to make. */
const WAYS: readonly (readonly [args: readonly string[], countParts: number])[] = [
  [[], 3],
  [[], 700],
  [["-a", "3"], 30],
  [["-a", "2"], 676],
  [["-d"], 95],
  [["-d"], 9],
  [["-d", "-a", "3"], 150],
  [["--numeric-suffixes=1", "-a", "3"], 12],
  [["--numeric-suffixes=1"], 99],
  [["-x"], 250],
  [["-x", "-a", "3"], 300],
];

for (const [args, countParts] of WAYS) {
  testWith(
    { programs: ["split"] },
    `all ${countParts} parts that split ${args.join(" ")} makes are found, by each way of looking`,
    () =>
      inTemporaryFolder(async (folder) => {
        const parts = join(folder, "parts");
        mkdirSync(parts);
        writeFileSync(join(folder, "whole"), "");
        truncateSync(join(folder, "whole"), countParts * 10 - 1);
        output("split", [...args, "-b", "10", "whole", "parts/photos.img."], folder);
        const made = readdirSync(parts).sort();
        assert.equal(made.length, countParts);
        const series = seriesOf(made[0]!);
        assert.equal(series?.whole, "photos.img");
        let countLooks = 0;
        const sizeOf = (name: string) => {
          countLooks++;
          return made.includes(name) ? 10 : undefined;
        };
        assert.deepEqual((await findInRow(series!, sizeOf)).map(({ name }) => name), made);
        countLooks = 0;
        assert.deepEqual((await findByLeaps(series!, sizeOf)).map(({ name }) => name), made);
        assert.ok(countLooks <= 60, `${countLooks} requests`);
      }),
  );
}

Deno.test("names that begin no series are left alone", () => {
  for (
    const name of ["photos.img", "2000", "backup-2000", "photos.img.1", "000", "x.part002", "a", ""]
  ) {
    assert.equal(seriesOf(name), undefined, name);
  }
});

Deno.test("what is missing in between is found, and what lies far behind belongs to nothing", async () => {
  const series = seriesOf("x.part001")!;
  const there = ["x.part001", "x.part002", "x.part005", "x.part900"];
  const parts = await findInRow(series, (name) => there.includes(name) ? 7 : undefined);
  assert.deepEqual(parts.map(({ sizeBytes }) => sizeBytes), [7, 7, undefined, undefined, 7]);
});
