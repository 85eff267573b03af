import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { requireStdout, wasOpenedHere } from "../../cli/output/closed_stdout.ts";
import { icecoreArgv, inLab } from "../faults/lab.ts";
import { buildSmallImage } from "../support/images/small_image.ts";

Deno.test("a descriptor that closes on exec was not handed on", () => {
  assert.equal(wasOpenedHere("pos:\t0\nflags:\t02100002\nmnt_id:\t24\nino:\t3\n"), true);
  for (const flags of ["0100002", "0100001", "0102001"]) {
    assert.equal(wasOpenedHere(`pos:\t0\nflags:\t${flags}\nmnt_id:\t24\n`), false);
  }
  requireStdout();
});

const SENTENCE =
  "icecore: cannot write to stdout: the disk is full. Make room where it leads, or send it elsewhere.\n";

Deno.test("a stdout that takes no more is reported in a sentence", async () => {
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
        ["--version"],
      ]
    ) {
      const { status, stderr } = run(args);
      assert.deepEqual([status, stderr], [1, SENTENCE], args.join(" "));
    }
  });
});
