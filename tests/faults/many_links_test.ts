import assert from "node:assert/strict";
import { linkSync } from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import { build, inLab, REAL } from "./lab.ts";

testWith(REAL, "a name beyond 65,000 links is one that an image cannot hold", async () => {
  await inLab(async (lab) => {
    for (let i = 1; i <= 65_000; i++) linkSync(lab.at("source/one"), lab.at(`source/${i}`));
    const { code, stderr } = await build(lab);
    assert.match(stderr, /unsupported: .*: a further name, \S+, is left out: ext4 allows 65,000/);
    assert.equal(code, 3);
  });
});
