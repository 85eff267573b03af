/**
 * Years of nights: `deno task nights [--count N] [--seed S]`.
 *
 * A source changes; the clock is moved; icecore is killed, meets a full disk, loses images and has
 * others damaged. After each night: what the rules demand is there, and nothing else but what that
 * lies on; no image has lost what it lies on, unless we took it; nothing lies about. Every image
 * that is kept holds what the source held that night.
 * @module
 */

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { output } from "../support/programs/oracles.ts";
import { type Figures, Nights } from "./simulation.ts";

/** Lives through nights. @throws Error naming the night, at the first thing that is wrong */
export async function liveThrough(
  count: number,
  seed: number,
  onFigures: (figures: Figures) => void = () => {},
): Promise<Figures> {
  const lab = realpathSync(mkdtempSync(`${tmpdir()}/icecore-nights-`));
  const isRoot = process.geteuid!() === 0;
  const backup = `${lab}/backup`;
  mkdirSync(`${lab}/srv`);
  mkdirSync(backup);
  if (isRoot) output("mount", ["-t", "tmpfs", "-o", "size=24m", "icecore-nights", backup]);
  const realNow = Date.now;
  try {
    const nights = new Nights(lab, seed, { canFill: isRoot });
    for (let night = 0; night < count; night++) {
      await nights.live(night);
      if (night % 50 === 49) onFigures(nights.figures);
    }
    await nights.end();
    return nights.figures;
  } finally {
    Date.now = realNow;
    if (isRoot) output("umount", [backup]);
    rmSync(lab, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "400" },
      seed: { type: "string", default: "1" },
    },
  });
  const print = (figures: Figures) =>
    console.log(Object.entries(figures).map(([name, n]) => `${name}: ${n}`).join(", "));
  print(await liveThrough(Number(values.count), Number(values.seed), print));
}
