import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { icecoreArgv, inLab } from "../faults/lab.ts";
import { buildSmallImage } from "../support/small_image.ts";

const SENTENCE =
  "icecore: cannot write to stdout: the disk is full. Make room where it leads, or send it elsewhere.\n";

Deno.test("a stdout that takes no more is told in a sentence", async () => {
  await inLab(async (lab) => {
    const image = await buildSmallImage(lab.folder);
    const run = (args: readonly string[]) =>
      spawnSync("sh", ["-c", 'exec "$@" > /dev/full', "sh", ...icecoreArgv(args)], {
        cwd: lab.folder,
        encoding: "utf8",
      });
    for (
      const args of [
        ["ls", image],
        ["ls", image, "--json"],
        ["cat", image, "readme.txt"],
        ["export", image, "--tar"],
        ["build", "source", "-o", "new.img", "--quiet"],
        ["build", "--json"],
        ["steps"],
        ["--help"],
      ]
    ) {
      const { status, stderr } = run(args);
      assert.deepEqual([status, stderr], [1, SENTENCE], args.join(" "));
    }
    const { status, stderr } = run(["--version"]);
    assert.equal(status, 1);
    assert.match(stderr, /^icecore: cannot write to stdout: .*no space left on device.*\n$/i);
  });
});
