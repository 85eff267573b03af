import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { icecoreArgv, inLab } from "../faults/lab.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { buildSmallImage } from "../support/images/small_image.ts";
import { BUN, bun } from "../support/programs/bun.ts";
import { testWith } from "../support/programs/requirements.ts";

/** Runs with a stdout that nobody reads any more. */
const UNREAD = 'mkfifo unread && exec 4<>unread 5>unread 4>&- && rm unread && exec "$@" >&5 5>&-';

Deno.test("who reads stdout and ends early ends a command as SIGPIPE would, without a word", async () => {
  await inLab(async (lab) => {
    const image = await buildSmallImage(lab.folder);
    const built = join(lab.folder, "new.img");
    for (
      const args of [
        ["ls", image],
        ["find", image],
        ["find", image, "--print0"],
        ["cat", image, "readme.txt"],
        ["info", image],
        ["verify", image, "--no-digest"],
        ["export", image, "--tar"],
        ["build", "source", "-o", built, "--quiet"],
      ]
    ) {
      const { status, stderr } = spawnSync("bash", ["-c", UNREAD, "bash", ...icecoreArgv(args)], {
        cwd: lab.folder,
        encoding: "utf8",
      });
      assert.deepEqual([status, stderr], [141, ""], args.join(" "));
    }
    assert.ok(existsSync(built), "the image was made all the same");
    const missing = icecoreArgv(["ls", image, "missing"]);
    const failed = spawnSync("bash", ["-c", UNREAD, "bash", ...missing], { cwd: lab.folder });
    assert.equal(failed.status, 1, "a failure stays one");
  });
});

testWith(
  BUN,
  "a stdout that was closed is an error of every command whose result goes there (Bun)",
  async () => {
    await inLab(async (lab) => {
      const image = await buildSmallImage(lab.folder);
      const built = join(lab.folder, "new.img");
      // Without npx, which would open something else in place of what is closed.
      const [npx, ...ask] = bun("-e", "console.log(process.execPath)");
      const program = execFileSync(npx, ask, { encoding: "utf8" }).trim();
      for (
        const args of [
          ["ls", image],
          ["find", image],
          ["info", image],
          ["verify", image, "--no-digest"],
          ["build", "source", "-o", built],
          ["extract", image, "--json", "-o", "target"],
        ]
      ) {
        const argv = [program, join(repositoryRoot, "main.ts"), ...args];
        const { status, stderr } = spawnSync("sh", ["-c", 'exec "$@" >&-', "sh", ...argv], {
          cwd: lab.folder,
          encoding: "utf8",
        });
        assert.equal(status, 1, args.join(" "));
        assert.match(stderr, /^icecore: cannot write to stdout: it is closed\. Send it to a file/m);
      }
      assert.ok(!existsSync(built) && !existsSync(join(lab.folder, "target")), "nothing was begun");
    });
  },
);
