import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "../../host/libc/errno.ts";
import { saysNoImage } from "../../image/no_image.ts";
import { openImage, verifyImage } from "../../read.ts";
import { output } from "../support/programs/oracles.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { FOREIGN } from "./foreign_files.ts";

for (const foreign of FOREIGN) {
  const { what, programs, make, says, hint, needsLoop = false } = foreign;
  const isMounted = typeof hint === "object" && kernelKnows(hint.mounts);
  const works = hint === undefined || (typeof hint === "object" && !isMounted)
    ? ""
    : ", which works";
  testWith(
    { programs: ["mkfs.ext4", "bash", ...programs], loop: needsLoop || isMounted },
    `a file of ${what} is named, with the command that helps${works}`,
    () =>
      inTemporaryFolder(async (folder) => {
        fill(folder);
        shell(make, folder);
        const file = join(folder, "file");
        const message = await refusal(() => openImage(file));
        assert.match(message, says);
        assert.equal(await refusal(() => verifyImage(file)), message, "verify says the same");
        const command = / with (?:sudo )?(.*)\.$/.exec(message)?.[1] ?? "";
        if (hint === "lists") assert.match(shell(command, folder), /name/);
        else if (hint === "restores") {
          shell(command, folder);
          const plain = readFileSync(join(folder, "plain"));
          const restored = readFileSync(join(folder, "file.raw"));
          // Some formats round the size of a disk up.
          assert.ok(restored.subarray(0, plain.length).equals(plain));
        } else if (isMounted) mountAndUnmount(command, folder);
      }),
  );
}

async function refusal(open: () => Promise<unknown>): Promise<string> {
  let message = "";
  await assert.rejects(open, (error: Error) => {
    assert.ok(saysNoImage(error) || hasCode(error, "no-seek-table"), error.message);
    message = error.message;
    return true;
  });
  return message;
}

function fill(folder: string): void {
  mkdirSync(join(folder, "source"));
  writeFileSync(join(folder, "source/name"), "contents");
  const plain = join(folder, "plain");
  writeFileSync(plain, "");
  truncateSync(plain, 2 << 20);
  output("mkfs.ext4", ["-q", "-F", "-d", join(folder, "source"), plain]);
}

function shell(command: string, cwd: string): string {
  const path = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;
  const options = {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
    env: { PATH: path, LC_ALL: "C" },
  } as const;
  return execFileSync(findProgram("bash")!, ["-c", command], options);
}

function mountAndUnmount(command: string, folder: string): void {
  const mountpoint = join(folder, "mnt");
  mkdirSync(mountpoint);
  shell(command.replace(/\/mnt$/, mountpoint), folder);
  output("umount", [mountpoint]);
}

function kernelKnows(fileSystem: string): boolean {
  spawnSync("modprobe", [fileSystem], { stdio: "ignore" });
  return new RegExp(`\\t${fileSystem}$`, "m").test(readFileSync("/proc/filesystems", "utf8"));
}
