import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import par2, { par2Argv } from "../../plugins/par2.ts";
import { assertNothingBuilt, inLab, type Lab, outputsOf } from "../faults/lab.ts";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";
import { build, type Used } from "./building.ts";
import { failing, shift } from "./neighbours.ts";

const needs = { programs: ["par2"] };

/** What a build has made: names and contents. */
async function filesOf(lab: Lab, ...used: readonly Used[]): Promise<Record<string, Uint8Array>> {
  await build(lab, used);
  return Object.fromEntries(
    outputsOf(lab).map((name) => [name, Uint8Array.from(readFileSync(lab.at(name)))]),
  );
}

function repair(lab: Lab, name = "out.img"): number | null {
  const program = ["repair", "-q", `${name}.par2`];
  return spawnSync("par2", program, { cwd: lab.folder }).status;
}

Deno.test("the argv names index, file and amounts", () => {
  const options = { redundancy: 20, blocks: 100, files: 2 };
  assert.deepEqual(par2Argv("/w/x.img", "/o/x.img.partial.par2", { options }), [
    ...["par2", "create", "-r20", "-b100", "-n2", "-B/w"],
    ...["--", "/o/x.img.partial.par2", "/w/x.img"],
  ]);
});

const damages: Readonly<Record<string, (lab: Lab, bytes: Uint8Array) => void>> = {
  "bytes changed in two places": (lab, bytes) => {
    const changed = bytes.slice();
    changed.fill(0xff, 2000, 3000);
    changed.fill(0xaa, 90_000, 95_000);
    writeFileSync(lab.at("out.img"), changed);
  },
  "its end cut off": (lab, bytes) => truncateSync(lab.at("out.img"), bytes.length - 5000),
  "a piece missing in the middle": (lab, bytes) => {
    writeFileSync(lab.at("out.img"), bytes.slice(0, 40_000));
    writeFileSync(lab.at("out.img"), bytes.slice(44_000), { flag: "a" });
  },
};

for (const [name, damage] of Object.entries(damages)) {
  testWith(needs, `par2 repairs an image with ${name}`, async () => {
    await inLab(async (lab) => {
      const files = await filesOf(lab, [par2, { redundancy: 20, blocks: 100 }]);
      assert.deepEqual(Object.keys(files), [
        "out.img",
        "out.img.par2",
        "out.img.sha512",
        "out.img.vol00+20.par2",
      ]);
      damage(lab, files["out.img"]!);
      assert.equal(repair(lab), 0);
      assert.ok(readFileSync(lab.at("out.img")).equals(files["out.img"]!));
    });
  });
}

testWith(needs, "more damage than there is recovery data is not repaired", async () => {
  await inLab(async (lab) => {
    const files = await filesOf(lab, [par2, { redundancy: 5, blocks: 100 }]);
    writeFileSync(lab.at("out.img"), files["out.img"]!.fill(1, 0, 50_000));
    assert.notEqual(repair(lab), 0);
  });
});

testWith(needs, "recovery data spreads over several files", async () => {
  await inLab(async (lab) => {
    await build(lab, [[par2, { files: 3, blocks: 100 }]]);
    assert.equal(outputsOf(lab).filter((name) => name.includes(".vol")).length, 3);
  });
});

testWith(needs, "what a transform made is what is repaired", async () => {
  await inLab(async (lab) => {
    const files = await filesOf(lab, [shift], [par2, { blocks: 100 }]);
    writeFileSync(lab.at("out.img.shifted"), files["out.img.shifted"]!.slice(3000));
    assert.equal(repair(lab, "out.img.shifted"), 0);
    assert.ok(readFileSync(lab.at("out.img.shifted")).equals(files["out.img.shifted"]!));
  });
});

testWith(needs, "amounts that make no sense are refused before anything is made", async () => {
  await inLab(async (lab) => {
    for (
      const options of [{ redundancy: 0 }, { redundancy: 101 }, { blocks: 1.5 }, { files: 99 }]
    ) {
      await assert.rejects(
        build(lab, [[par2, options]]),
        /cannot set par2\.\w+ to [\d.]+: expected a whole/,
      );
    }
    await assertNothingBuilt(lab);
  });
});

testWith(needs, "Ctrl-C while par2 works leaves nothing", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("source/large"), new Uint8Array(8_000_000).map((_, i) => i * i));
    const interruption = new AbortController();
    const building = build(lab, [[par2, { redundancy: 100 }]], "stream", {
      signal: interruption.signal,
    });
    const interrupting = appearance(lab.at("out.img.par2.partial"))
      .then(() => interruption.abort());
    await assert.rejects(building, { code: "interrupted" });
    await interrupting;
    await assertNothingBuilt(lab);
  });
});

testWith(needs, "a later step that fails takes the recovery data along", async () => {
  await inLab(async (lab) => {
    await assert.rejects(
      build(lab, [[par2, { blocks: 10 }], [failing]]),
      /step failing failed: no$/,
    );
    await assertNothingBuilt(lab);
  });
});
