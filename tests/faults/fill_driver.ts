/**
 * Builds `source` to `disk/out.img` and fills that disk when a step begins: `fill_driver.ts STEP
 * PUNCH`. With `PUNCH` true the image has no reserved room.
 * @module
 */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import process from "node:process";
import { pipeline, recipes } from "../../mod.ts";
import { messageOf } from "../../plugin.ts";

const [stepName, punch] = process.argv.slice(2);
const disk = `${process.cwd()}/disk`;

/** Makes the image a file without reserved room, as on a disk that cannot reserve any. */
function giveBack(): void {
  const partial = `${disk}/out.img.partial`;
  const length = String(statSync(partial).size);
  spawnSync("fallocate", ["--punch-hole", "--offset", "0", "--length", length, partial]);
}

function fill(): void {
  const fd = openSync(`${disk}/ballast`, "w");
  try {
    for (const size of [65_536, 4096]) writeUntilFull(fd, new Uint8Array(size).fill(1));
  } finally {
    closeSync(fd);
  }
}

function writeUntilFull(fd: number, bytes: Uint8Array): void {
  try {
    while (writeSync(fd, bytes) === bytes.length);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
  }
}

try {
  await pipeline(recipes["e2fsprogs"]!).run({
    sources: [`${process.cwd()}/source`],
    output: `${disk}/out.img`,
    emit(event) {
      if (event.type !== "step-started") return;
      if (event.step === "format" && punch === "true") giveBack();
      if (event.step === stepName) fill();
    },
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
