import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { fillSourceFolder } from "../support/trees/source_folder.ts";

const needs = {
  programs: ["mkfs.ext4", "mount", "umount", "mknod", "setfattr", "setfacl", "dd", "find"],
  root: true,
  loop: true,
};

const makers: [string, (source: string, image: string) => Promise<void>][] = [
  ["icecore", async (source, image) => {
    await icecoreOutput(["build", `${source}/.`, "-o", image, "--quiet"]);
  }],
  ["mkfs.ext4", (source, image) => {
    writeFileSync(image, "");
    truncateSync(image, 64 << 20);
    output("mkfs.ext4", ["-q", "-d", source, image]);
    return Promise.resolve();
  }],
  ["mkfs.ext4 as ext3 with blocks of 1024", (source, image) => {
    writeFileSync(image, "");
    truncateSync(image, 64 << 20);
    output("mkfs.ext4", ["-q", "-t", "ext3", "-b", "1024", "-d", source, image]);
    return Promise.resolve();
  }],
];

for (const [maker, make] of makers) {
  testWith(needs, `ls, find and cat agree with the kernel's mount, image by ${maker}`, async () => {
    await inTemporaryFolder(async (folder) => {
      const source = join(folder, "source");
      const image = join(folder, "x.img");
      mkdirSync(source);
      fillSourceFolder(source);
      await make(source, image);
      await withMount(image, folder, async (mountpoint) => {
        assert.equal(await icecoreOutput(["ls", "-lR", image]), listingOf(mountpoint));
        assert.equal(
          await icecoreOutput(["ls", "-R", image, "deep"]),
          listingOf(mountpoint, "deep"),
        );

        const found = (await icecoreOutput(["find", image])).trimEnd().split("\n").sort();
        const known = output("find", [".", "-printf", "/%P\\n"], mountpoint).trimEnd().split("\n");
        assert.deepEqual(found, known.sort());

        const { bytes } = await icecore(["find", image, "--type", "f", "--print0"]);
        const files = new TextDecoder().decode(bytes).split("\0").slice(0, -1);
        assert.ok(files.length > 700);
        const printed = await icecore(["cat", image, ...files]);
        assert.equal(printed.stderr, "");
        assert.equal(
          digest([printed.bytes]),
          digest(files.map((file) => readFileSync(join(mountpoint, file)))),
        );
      });
    });
  });
}

/** What `ls` says of a mount, in the form of `icecore ls`. */
function listingOf(mountpoint: string, folder?: string): string {
  const args = folder === undefined ? ["-lnAR", "--time-style=long-iso"] : ["-AR", folder];
  const { stdout } = spawnSync("ls", args, {
    cwd: mountpoint,
    env: { LC_ALL: "C", TZ: "Europe/Berlin" },
    encoding: "utf8",
  });
  return stdout.split("\n")
    .map((line) => line.replace(/^([-dlcbps][-rwxsStT]{9})[+ ] /, "$1 "))
    .map((line) => line === ".:" ? "/:" : line.replace(/^\.(\/.*:)$/, "$1"))
    .join("\n");
}

function digest(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
