/**
 * Extracting onto a file system on which each operation takes a millisecond longer, beside `tar x`.
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { generateMany } from "./data.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure } from "./measure.ts";
import type { SlowOptions } from "./slow_options.ts";
import { mount, run, unmount } from "./slow_mount.ts";
import { median } from "./statistics.ts";
import { markdownTable, showSeconds } from "./table.ts";

const COUNT_FILES = 5000;
/** What extract / tar x is to be at most. */
const GOAL = 0.2;
/** The kernel keeps names and attributes for a second. */
const FORGOTTEN_MS = 1200;

/** Measures it; the slow file system is compiled. @returns Markdown */
export async function slowTarget(
  command: IcecoreCommand,
  folder: string,
  { rounds, scale, log, ...options }: SlowOptions,
): Promise<string> {
  const data = generateMany(`${folder}/data`, Math.ceil(COUNT_FILES * scale));
  const [program = "", ...args] = command;
  const [image, archive] = [`${folder}/slow.img`, `${folder}/slow.tar`];
  run(program, [...args, "build", data.folder, "-o", image, "--quiet"]);
  run("tar", ["-C", folder, "-cf", archive, "data"]);
  mkdirSync(`${folder}/slow-target`);
  const mounted = await mount(folder, "slow-target");
  const target = `${mounted.folder}/x`;
  const argvs = {
    extract: [...command, "extract", image, "-o", target, "--quiet"],
    tar: ["tar", "-C", target, "-xpf", archive],
  };
  const seconds = { extract: [] as number[], tar: [] as number[] };
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const contender of ["extract", "tar"] as const) {
        log(`slow target: round ${round} of ${rounds}: ${contender}`);
        if (contender === "tar") mkdirSync(`${folder}/slow-target/x`);
        await setTimeout(FORGOTTEN_MS);
        const { seconds: took } = await measure(argvs[contender], { ...options, cwd: folder });
        seconds[contender].push(took);
        // Past the slow file system, which would take minutes.
        rmSync(`${folder}/slow-target/x`, { recursive: true });
      }
    }
  } finally {
    unmount(mounted);
  }
  for (const path of [data.folder, image, archive, `${folder}/slow-target`]) {
    rmSync(path, { recursive: true, force: true });
  }
  const [extract, tar] = [median(seconds.extract) ?? NaN, median(seconds.tar) ?? NaN];
  return markdownTable(
    ["target", "extract", "tar x", "extract / tar x", "goal"],
    [[
      `small, ${data.countFiles.toLocaleString("en")} files, 1 ms an operation`,
      showSeconds(extract),
      showSeconds(tar),
      (extract / tar).toFixed(2),
      `≤ ${GOAL}`,
    ]],
  );
}
