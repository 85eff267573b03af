import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { CLONING } from "../../support/loop_disk.ts";
import { output } from "../../support/oracles.ts";
import { fill, needs, onDisk } from "../../support/reflink.ts";
import { testWith } from "../../support/requirements.ts";
import { icecoreOutput } from "../../support/run_icecore.ts";

for (const type of CLONING) {
  testWith(
    needs(type),
    `on ${type}, doctor says that blocks can be cloned`,
    () =>
      onDisk(type, async (disk) => {
        fill(disk);
        mkdirSync(`${disk}/images`);
        const text = await icecoreOutput([
          "doctor",
          `${disk}/source`,
          `${disk}/images`,
        ]);
        assert.match(
          text,
          /^ok +reflink +blocks can be cloned from \S+ into \S+$/m,
        );
        assert.match(text, /^cloning between the two folders: works$/m);
        assert.equal(output("ls", ["-A", `${disk}/images`]), "");
      }),
  );
}
