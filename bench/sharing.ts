/**
 * Equal files stored once, and blocks cloned instead of copied, each beside a build without.
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { generate } from "./data.ts";
import { findProgram } from "./find_program.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

/** Of all bytes, so many are in files that are there twice. */
const SHARE_OF_COPIES = 0.3;
/** Of the photos: 650 MB are enough. */
const SHARE = 0.3;

/** How it is measured. */
export type SharingOptions = Omit<RunOptions, "cwd"> & {
  readonly rounds: number;
  readonly scale: number;
  readonly log: (text: string) => void;
};

/** What two builds took. */
interface Pair {
  readonly plainSeconds: number;
  readonly seconds: number;
  readonly plainBytes: number;
  readonly bytes: number;
}

/** Two tables, and what came of the goals. @param folder On the RAM disk. */
export async function sharing(
  command: IcecoreCommand,
  folder: string,
  options: SharingOptions,
): Promise<string> {
  const place = `${folder}/sharing`;
  mkdirSync(place);
  try {
    return [await dedupe(command, place, options), await reflink(command, place, options)]
      .join("\n\n");
  } finally {
    rmSync(place, { recursive: true });
  }
}

async function dedupe(
  command: IcecoreCommand,
  place: string,
  options: SharingOptions,
): Promise<string> {
  options.log("equal files: generating");
  const photos = `${place}/photos`;
  const { sizeBytes } = generate("photos", photos, SHARE * options.scale * (1 - SHARE_OF_COPIES));
  const dataBytes = sizeBytes + addCopies(photos, sizeBytes);
  const pair = await inTurn(command, place, ["--dedupe"], options);
  rmSync(photos, { recursive: true });
  return `${showBytes(dataBytes)} of photos, ${100 * SHARE_OF_COPIES} % of it in copies.\n\n` +
    table("--dedupe", pair, [
      ["image / image without", "0.705", pair.bytes / pair.plainBytes],
      ["time / time without", "1.3", pair.seconds / pair.plainSeconds],
    ]);
}

/** Copies photos until copies are 30 % of all bytes. @returns their bytes */
function addCopies(photos: string, sizeBytes: number): number {
  const wanted = sizeBytes * SHARE_OF_COPIES / (1 - SHARE_OF_COPIES);
  const names = readdirSync(photos, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jpg")).sort();
  mkdirSync(`${photos}/copies`);
  let bytes = 0;
  for (const [i, name] of names.entries()) {
    const { size, mtime } = statSync(`${photos}/${name}`);
    if (bytes + size / 2 > wanted) break;
    copyFileSync(`${photos}/${name}`, `${photos}/copies/${i}.jpg`);
    utimesSync(`${photos}/copies/${i}.jpg`, mtime, mtime);
    bytes += size;
  }
  return bytes;
}

async function reflink(
  command: IcecoreCommand,
  place: string,
  options: SharingOptions,
): Promise<string> {
  const missing = ["mkfs.xfs", "mount", "umount"].filter((name) => !findProgram(name));
  if (missing.length > 0) return `Clones: not measured: ${missing.join(", ")} not installed.`;
  if (Deno.uid() !== 0) return "Clones: not measured: only root mounts an XFS.";
  const disk = `${place}/xfs.disk`;
  const mountpoint = `${place}/xfs`;
  mkdirSync(mountpoint);
  writeFileSync(disk, "");
  truncateSync(disk, Math.ceil(512e6 + 3 * 2.2e9 * SHARE * options.scale));
  run("mkfs.xfs", "-q", disk);
  run("mount", "-o", "loop", disk, mountpoint);
  try {
    options.log("clones: generating");
    const { sizeBytes } = generate("photos", `${mountpoint}/photos`, SHARE * options.scale);
    const pair = await inTurn(command, mountpoint, ["--reflink", "always"], options);
    return `${
      showBytes(sizeBytes)
    } of photos on an XFS on a loop device, the image beside them.\n\n` +
      table("--reflink always", pair, [
        ["time / copying", "–", pair.seconds / pair.plainSeconds],
        ["new bytes / image", "0.02", pair.bytes / pair.plainBytes],
      ]);
  } finally {
    run("umount", mountpoint);
  }
}

/**
 * Builds without and with a flag, in turn. On the disk of a mountpoint, bytes are those that are
 * taken from it.
 */
async function inTurn(
  command: IcecoreCommand,
  cwd: string,
  flags: readonly string[],
  options: SharingOptions,
): Promise<Pair> {
  const taken: Record<"plain" | "shared", { seconds: number[]; bytes: number }> = {
    plain: { seconds: [], bytes: 0 },
    shared: { seconds: [], bytes: 0 },
  };
  const isClone = flags.includes("--reflink");
  for (let round = 1; round <= options.rounds; round++) {
    for (const kind of ["plain", "shared"] as const) {
      options.log(
        `round ${round} of ${options.rounds}: ${kind === "plain" ? "without" : flags.join(" ")}`,
      );
      const free = freeBytes(cwd);
      const more = kind === "plain" ? [] : flags;
      const argv = [...command, "build", "photos", "-o", "x.img", "--quiet", ...more];
      taken[kind].seconds.push((await measure(argv, { ...options, cwd })).seconds);
      taken[kind].bytes = isClone ? free - freeBytes(cwd) : statSync(join(cwd, "x.img")).size;
      for (const name of ["x.img", "x.img.sha512"]) rmSync(join(cwd, name));
    }
  }
  const { plain, shared } = taken;
  return {
    plainSeconds: median(plain.seconds) ?? NaN,
    seconds: median(shared.seconds) ?? NaN,
    plainBytes: plain.bytes,
    bytes: shared.bytes,
  };
}

function table(
  flag: string,
  { plainSeconds, seconds, plainBytes, bytes }: Pair,
  ratios: readonly (readonly [what: string, goal: string, ratio: number])[],
): string {
  const builds = markdownTable(["build", "time", "bytes"], [
    ["without", showSeconds(plainSeconds), showBytes(plainBytes)],
    [flag, showSeconds(seconds), showBytes(bytes)],
  ]);
  const goals = markdownTable(
    ["what", "goal", "measured"],
    ratios.map((
      [what, goal, ratio],
    ) => [what, goal === "–" ? goal : `≤ ${goal}`, ratio.toFixed(3)]),
  );
  return `${builds}\n\n${goals}`;
}

function freeBytes(folder: string): number {
  run("sync", "-f", folder);
  const { bfree, bsize } = statfsSync(folder);
  return bfree * bsize;
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}
