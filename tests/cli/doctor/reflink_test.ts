import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { CLONING } from "../../support/mounts/loop_disk.ts";
import { fill, needs, onDisk } from "../../support/mounts/reflink.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";

for (const type of CLONING) {
  testWith(
    needs(type),
    `on ${type}, doctor says that blocks can be cloned`,
    () =>
      onDisk(type, async (disk) => {
        fill(disk);
        mkdirSync(`${disk}/images`);
        const text = await icecoreOutput(["doctor", `${disk}/source`, `${disk}/images`]);
        assert.match(text, /^ok +reflink +blocks can be cloned from \S+ into \S+$/m);
        assert.match(text, /^cloning between the two folders: works$/m);
        assert.equal(output("ls", ["-A", `${disk}/images`]), "");
      }),
  );
}
