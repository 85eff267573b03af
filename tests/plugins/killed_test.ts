import assert from "node:assert/strict";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import {
  assertInterruptible,
  assertNothingBuilt,
  build,
  ended,
  icecore,
  icecoreArgv,
  inLab,
  type Lab,
  outputsOf,
  start,
} from "../faults/lab.ts";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";

/** Makes what `uses` make, and then a script that has begun its own file and does not end. */
async function begun(lab: Lab, uses: readonly string[]): Promise<Deno.ChildProcess> {
  const script =
    '#!/bin/sh\necho some > "$ICECORE_BESIDE"\ntouch "$LAB/reached"\nsleep 60 & wait\n';
  writeFileSync(lab.at("slow.sh"), script);
  chmodSync(lab.at("slow.sh"), 0o755);
  const child = start(
    lab,
    icecoreArgv(["build", "source", "-o", "out.img", ...uses, "--use", "./slow.sh"]),
  );
  await appearance(lab.at("reached"));
  return child;
}

/** Stands for the real one, which is done too soon to be killed in its midst. */
const SLOW_PAR2 = `for last; do [ "$at" = -- ] && index=$last && break; at=$last; done
touch "$index"; touch "\${index%.par2}.vol000+10.par2"; touch "$LAB/reached"; sleep 60 & wait`;

const ALL = ["--use", "verity", "--use", "zstd", "--use", "split", "--set", "split.size=64K"];
const MADE = ["out.img.partial", "out.img.roothash.partial", "out.img.slow.partial"]
  .concat("out.img.verity.partial", "out.img.zst.manifest.partial")
  .concat("out.img.zst.part000001.partial");

testWith(
  { programs: ["sh"] },
  "after kill -9, clean removes all that plugins and a script have begun",
  async () => {
    await inLab(async (lab) => {
      const child = await begun(lab, ALL);
      child.kill("SIGKILL");
      await ended(child);
      for (const name of MADE) assert.ok(outputsOf(lab).includes(name), name);
      const { code, stdout } = await icecore(lab, ["clean"]);
      assert.equal(code, 0);
      for (const name of MADE) assert.ok(stdout.includes(lab.at(name)), name);
      await assertNothingBuilt(lab);
    });
  },
);

testWith(
  { programs: ["sh"] },
  "after kill -9, the next build removes what the killed one has begun",
  async () => {
    await inLab(async (lab) => {
      const child = await begun(lab, ALL);
      child.kill("SIGKILL");
      await ended(child);
      const { code, stderr } = await build(lab);
      assert.equal(code, 0, stderr);
      assert.deepEqual(outputsOf(lab).sort(), ["out.img", "out.img.sha512"]);
    });
  },
);

testWith(
  { programs: ["sh"] },
  "Ctrl-C leaves nothing that plugins and a script have begun",
  async () => {
    await inLab(async (lab) => {
      await assertInterruptible(lab, await begun(lab, ALL));
    });
  },
);

testWith(
  { programs: ["par2"] },
  "after kill -9 while par2 runs, clean removes its files",
  async () => {
    await inLab(async (lab) => {
      lab.fake("par2", SLOW_PAR2);
      const child = start(
        lab,
        icecoreArgv(["build", "source", "-o", "out.img", "--use", "par2"]),
      );
      await appearance(lab.at("reached"));
      child.kill("SIGKILL");
      await ended(child);
      assert.ok(existsSync(lab.at("out.img.par2.partial/out.img.vol000+10.par2")));
      assert.equal((await icecore(lab, ["clean"])).code, 0);
      await assertNothingBuilt(lab);
    });
  },
);
