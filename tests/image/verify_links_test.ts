import assert from "node:assert/strict";
import { linkSync, rmSync, writeFileSync } from "node:fs";
import { icecore, inLab } from "../faults/lab.ts";

Deno.test("verify --source knows that ext4 allows 65,000 links to a file, and no other splits", () =>
  inLab(async (lab) => {
    for (let i = 1; i < 65_001; i++) {
      linkSync(lab.at("source/one"), lab.at(`source/${i}`));
    }
    const built = await icecore(lab, ["build", "source", "-o", "out.img"]);
    assert.match(
      built.stderr,
      /altered: .*: it has 65,001 names, .* stored 2 times/,
    );
    const verify = ["verify", "out.img", "--source", "source"];
    const same = await icecore(lab, verify);
    assert.equal(same.code, 0, same.stdout + same.stderr);
    // A third file among those names is not one that the limit asks for.
    rmSync(lab.at("source/500"));
    writeFileSync(lab.at("source/500"), "one\n");
    const other = await icecore(lab, verify);
    assert.equal(other.code, 4, other.stdout);
    assert.match(other.stdout + other.stderr, /source\/500/);
  }));
