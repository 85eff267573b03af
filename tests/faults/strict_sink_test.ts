import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { put } from "../loading/attempt.ts";
import { assertNothingBuilt, icecore, inLab } from "./lab.ts";

/** A sink that stores the image under its final name when it is its turn, as uploads do. */
const SINK = `
  import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
  const lab = process.env.LAB;
  const write = (bytes) => appendFileSync(lab + "/stored.new", bytes);
  export default {
    name: "sink",
    after: "hash",
    run() { throw new Error("it is to be fed"); },
    stream: () => ({
      sink: new WritableStream({ start: () => writeFileSync(lab + "/stored.new", ""), write }),
      finish: async () => renameSync(lab + "/stored.new", lab + "/stored"),
      abort: async () => rmSync(lab + "/stored.new"),
    }),
  };
`;

for (const strict of [false, true]) {
  const kept = strict ? "nothing is stored" : "the image is stored";
  Deno.test(`what a loss costs ${strict ? "with" : "without"} --strict: ${kept}`, async () => {
    await inLab(async (lab) => {
      put(lab, "sink.ts", SINK);
      // ext4 has a folder of this name, so that a file of it is left out.
      writeFileSync(lab.at("source/lost+found"), "a file");
      const flags = ["-o", "out.img", "--use", "./sink.ts", ...strict ? ["--strict"] : []];
      const { code, stderr } = await icecore(lab, ["build", "source/.", ...flags]);
      assert.equal(code, strict ? 1 : 3, stderr);
      assert.equal(existsSync(lab.at("stored")), !strict);
      assert.ok(!existsSync(lab.at("stored.new")));
      if (!strict) return;
      assert.match(
        stderr,
        /cannot store everything: .*lost\+found: .* A strict build leaves no image/,
      );
      await assertNothingBuilt(lab);
    });
  });
}
