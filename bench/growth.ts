/**
 * How time and peak memory of the native recipe grow with the number of files.
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import { generateMany } from "./data.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { icecoreContenders } from "./icecore_contenders.ts";
import { contest, type ContestOptions } from "./contest.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

/** The numbers of files that are tried. */
const counts = [10_000, 30_000, 100_000, 300_000, 1_000_000];

/** Bytes a file that more files may cost at most. */
const bytesPerFileGoal = 400;

/** Runs it, and gives a table. */
export async function growth(
  command: IcecoreCommand,
  folder: string,
  scale: number,
  options: ContestOptions,
): Promise<string> {
  const [contender] = icecoreContenders(command);
  if (contender === undefined) throw new Error("this icecore knows no recipe.");
  const mountpoint = `${folder}/mnt`;
  mkdirSync(mountpoint);
  const rows: string[][] = [];
  let last: { files: number; peakBytes: number } | undefined;
  for (const count of counts.map((each) => Math.ceil(each * scale))) {
    options.log(`${count} files: generating`);
    const data = generateMany(`${folder}/data`, count);
    const place = { data, out: `${folder}/out`, mountpoint };
    const [result] = await contest([contender], place, options);
    rmSync(data.folder, { recursive: true });
    const { seconds, peakBytes, why } = result ?? { name: "" };
    const perFile = last === undefined || peakBytes === undefined
      ? undefined
      : (peakBytes - last.peakBytes) / (count - last.files);
    rows.push([
      count.toLocaleString("en"),
      seconds === undefined ? why ?? "–" : showSeconds(seconds),
      seconds === undefined ? "–" : `${(seconds / count * 1e6).toFixed(1)} µs`,
      peakBytes === undefined ? "–" : showBytes(peakBytes),
      perFile === undefined ? "–" : `${Math.round(perFile)} B`,
    ]);
    if (peakBytes !== undefined) last = { files: count, peakBytes };
  }
  const head = ["files", "time", "time a file", "peak memory", "more memory a file"];
  return `${contender.name}\n\n${markdownTable(head, rows)}\n\n` +
    `Goal: at most ${bytesPerFileGoal} B a file beyond 100,000 files.`;
}
