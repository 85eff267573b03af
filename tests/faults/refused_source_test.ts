import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import { assertNothingBuilt, build, icecore, inLab, REAL } from "./lab.ts";
import { OUT, testRefusals } from "./refusal.ts";

testRefusals([
  {
    name: "a source that is missing",
    args: ["missing", ...OUT],
    code: 1,
    says: /cannot read .*\/missing: it does not exist\. Check the path\./,
  },
  {
    name: "a source below a file",
    args: ["source/one/x", ...OUT],
    code: 1,
    says: /cannot read .*\/source\/one\/x: it does not exist/,
  },
  {
    name: "a source that is a file",
    args: ["source/one", ...OUT],
    code: 1,
    says: /cannot read .*\/one: it is not a folder\. Name the folder it lies in\./,
  },
  {
    name: "a source that is a symbolic link to nothing",
    args: ["dangling", ...OUT],
    code: 1,
    says: /cannot read .*\/dangling: it does not exist/,
    before: (lab) => symlinkSync("nowhere", lab.at("dangling")),
  },
  {
    name: "two sources of one name",
    args: ["source", "other/source", ...OUT],
    code: 2,
    says: /cannot store both .*: both would be source\. Build two images, or rename one folder\./,
    before: (lab) => mkdirSync(lab.at("other/source"), { recursive: true }),
  },
]);

testWith(
  REAL,
  "lost+found at the root that is not a folder is refused: e2fsck would remove it",
  async () => {
    await inLab(async (lab) => {
      writeFileSync(lab.at("source/lost+found"), "precious");
      const refused = await icecore(lab, ["build", "source/.", ...OUT]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /cannot store lost\+found at the root of the image/);
      await assertNothingBuilt(lab);
      const stored = await build(lab);
      assert.equal(stored.code, 0, stored.stderr);
    });
  },
);
