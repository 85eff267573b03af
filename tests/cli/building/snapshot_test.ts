/**
 * `--snapshot` on btrfs, for real: what is written meanwhile is not in the image, and nothing stays.
 */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loopDisk, withLoopDisk } from "../../support/mounts/loop_disk.ts";
import { icecoreArgv } from "../../support/programs/icecore_command.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const needs = { ...loopDisk("btrfs"), programs: [...loopDisk("btrfs").programs!, "btrfs"] };

/** A step that runs once the source was scanned. */
function writeStep(path: string, commands: string): void {
  writeFileSync(path, `#!/bin/sh\n# icecore: {"after":"scan"}\n${commands}\n`);
  chmodSync(path, 0o755);
}

const snapshotsOf = (disk: string) =>
  output("btrfs", ["subvolume", "list", disk]).split("\n").filter((line) => /icecore-/.test(line));
const mountsOfOurs = () =>
  readFileSync("/proc/self/mountinfo", "utf8").split("\n")
    .filter((line) => line.includes(" /var/tmp/icecore-"));

testWith(
  needs,
  "the image is of one moment, under the source's own name; nothing stays behind",
  () =>
    inTemporaryFolder((folder) =>
      withLoopDisk(folder, "btrfs", async (disk) => {
        const run = (...args: string[]) => icecoreOutput(args, folder);
        output("btrfs", ["subvolume", "create", `${disk}/data`]);
        mkdirSync(`${disk}/data/photos`);
        writeFileSync(`${disk}/data/photos/a`, "before");
        writeStep(
          `${folder}/late`,
          `echo after > ${disk}/data/photos/a; echo new > ${disk}/data/b`,
        );
        // The subvolume itself, and a folder in it.
        const whole = ["build", `${disk}/data`, "-o", "data.img", "--use", "./late", "-q"];
        await run(...whole, "--snapshot", "auto");
        assert.equal(await run("find", "data.img", "data"), "data\ndata/photos\ndata/photos/a\n");
        assert.equal(await run("cat", "data.img", "data/photos/a"), "before");
        const other = await icecore([...whole, "--snapshot", "zfs", "--force"], { cwd: folder });
        assert.equal(other.code, 1);
        assert.match(other.stderr, /cannot take a snapshot of .*data: it lies on btrfs/);
        writeStep(`${folder}/late`, `echo later > ${disk}/data/photos/a`);
        const part = [
          "build",
          `${disk}/data/photos/.`,
          "-o",
          "photos.img",
          "--use",
          "./late",
          "-q",
        ];
        await run(...part, "--snapshot", "btrfs");
        assert.equal(await run("cat", "photos.img", "a"), "after\n");
        assert.deepEqual(snapshotsOf(disk), []);
        // What a snapshot cannot hold is named before anything is written.
        output("btrfs", ["subvolume", "create", `${disk}/data/photos/own`]);
        const refused = await icecore([
          "build",
          `${disk}/data`,
          "-o",
          "x.img",
          "--snapshot",
          "auto",
        ], {
          cwd: folder,
        });
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /data\/photos\/own, below it, is a subvolume of its own/);
        await run(...whole.with(3, "y.img"), "--snapshot", "auto", "--one-file-system");
        assert.ok(!readdirSync(folder).includes("x.img"));
        assert.deepEqual(snapshotsOf(disk), []);
        assert.deepEqual(mountsOfOurs(), []);
      })
    ),
);

testWith(
  needs,
  "a folder that is mounted out of a subvolume is not taken for the one above its mount",
  () =>
    inTemporaryFolder((folder) =>
      withLoopDisk(folder, "btrfs", async (disk) => {
        output("btrfs", ["subvolume", "create", `${disk}/outer`]);
        mkdirSync(`${disk}/outer/srv`);
        mkdirSync(`${disk}/elsewhere`);
        writeFileSync(`${disk}/elsewhere/a`, "a");
        output("mount", ["--bind", `${disk}/elsewhere`, `${disk}/outer/srv`]);
        try {
          const args = ["build", `${disk}/outer/srv`, "-o", "x.img", "-q", "--snapshot", "auto"];
          const { code, stderr } = await icecore(args, { cwd: folder });
          assert.equal(code, 1);
          assert.match(
            stderr,
            /outer\/srv is mounted from a folder inside a subvolume\. Name that/,
          );
          assert.ok(!readdirSync(folder).includes("x.img"));
          assert.deepEqual(snapshotsOf(disk), []);
        } finally {
          output("umount", [`${disk}/outer/srv`]);
        }
      })
    ),
);

testWith(
  needs,
  "after kill -9, clean unmounts and deletes the snapshot",
  () =>
    inTemporaryFolder((folder) =>
      withLoopDisk(folder, "btrfs", async (disk) => {
        writeFileSync(`${disk}/a`, "a");
        writeStep(`${folder}/slow`, `echo ready > ${folder}/ready; exec sleep 600`);
        const args = ["build", disk, "-o", "x.img", "--use", "./slow", "--snapshot", "auto", "-q"];
        const [program, ...argv] = icecoreArgv(args);
        const child = new Deno.Command(program!, {
          args: argv,
          cwd: folder,
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        for (let waits = 0; !readdirSync(folder).includes("ready"); waits++) {
          assert.ok(waits < 1200, "the build does not begin");
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.equal(snapshotsOf(disk).length, 1);
        child.kill("SIGKILL");
        await child.status;
        assert.equal(snapshotsOf(disk).length, 1);
        const cleaned = await icecoreOutput(["clean", folder], folder);
        assert.match(cleaned, /^released mount \/var\/tmp\/icecore-/m);
        assert.match(cleaned, /^released snapshot .*\/\.icecore-/m);
        assert.deepEqual(snapshotsOf(disk), []);
        assert.deepEqual(mountsOfOurs(), []);
        assert.deepEqual(readdirSync(disk), ["a"]);
      })
    ),
);
