import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { ended, icecoreArgv, inLab, type Lab, start } from "../faults/lab.ts";
import { AS_NOBODY } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";

const NOBODY = 65534;
const NEEDS = { root: true, programs: ["setpriv"] };

async function asNobody(lab: Lab, ...args: string[]): Promise<string> {
  const { code, stderr } = await ended(start(lab, [...AS_NOBODY, ...icecoreArgv(args)]));
  assert.equal(code, 0, stderr);
  return stderr;
}

testWith(
  NEEDS,
  "who extracts an own image loses nothing, whoever has its made-up root",
  () =>
    inLab(async (lab) => {
      for (const path of [lab.folder, lab.temporary]) chmodSync(path, 0o777);
      mkdirSync(lab.at("mine"));
      writeFileSync(lab.at("mine/f"), "mine");
      for (const path of ["mine", "mine/f"]) chownSync(lab.at(path), NOBODY, NOBODY);
      await asNobody(lab, "build", "mine", "-o", "out.img");
      const stderr = await asNobody(lab, "extract", "out.img", "-o", "extracted");
      assert.doesNotMatch(stderr, /owner/);
      assert.equal(readFileSync(lab.at("extracted/mine/f"), "utf8"), "mine");
      assert.equal(statSync(lab.at("extracted")).uid, NOBODY);
    }),
);

testWith(NEEDS, "a file of somebody else's is named as before", () =>
  inLab(async (lab) => {
    for (const path of [lab.folder, lab.temporary]) chmodSync(path, 0o777);
    await asNobody(lab, "build", "source", "-o", "out.img");
    const stderr = await asNobody(lab, "extract", "out.img", "-o", "extracted");
    assert.match(stderr, /owner: only root may set the owner: source/);
  }));
