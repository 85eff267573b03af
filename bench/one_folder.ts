/**
 * A million names in one folder, and in a thousand: what lists, finds, verifies and extracts them,
 * and the limit that each is at.
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import { findProgram } from "./find_program.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { compileC } from "./compile_c.ts";
import { run } from "./slow_mount.ts";
import { median } from "./statistics.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

/** How to measure. */
export interface FolderOptions extends Pick<RunOptions, "signal" | "timeoutMs"> {
  readonly rounds: number;
  readonly scale: number;
  readonly log: (text: string) => void;
}

const COUNT_NAMES = 1e6;

interface Trial {
  readonly what: string;
  readonly argv: readonly string[];
  readonly goalSeconds?: number;
  readonly goalBytes?: number;
  /** The bare work, and what it is. */
  readonly limit?: { readonly what: string; readonly argv: readonly string[] };
  readonly after?: string;
}

/** Measures all of it. @returns Markdown. */
export async function oneFolder(
  command: IcecoreCommand,
  folder: string,
  { rounds, scale, log, ...options }: FolderOptions,
): Promise<string> {
  if (!findProgram("gcc")) return "Not measured: not installed: gcc.";
  compileC("name_calls", [], folder);
  const count = Math.ceil(COUNT_NAMES * scale);
  const [calls, data] = [`${folder}/name_calls`, `${folder}/names`];
  const [program = "", ...args] = command;
  const build = (image: string) =>
    run(program, [...args, "build", data, "-o", `${folder}/${image}`, "--quiet"]);
  log(`${count} names in one folder: building`);
  mkdirSync(data);
  run(calls, ["make", data, String(count)]);
  build("one.img");
  const target = `${folder}/target`;
  const made = `${folder}/made`;
  const listing = { what: "names read, each looked at", argv: [calls, "list", data] };
  const own = (what: string, ...words: string[]) => ({ what, argv: [...command, ...words] });
  const megabytes = 1e6;
  const one = `${folder}/one.img`;
  const trials: Trial[] = [
    { ...own("ls", "ls", one, "/names"), ...goal(4, 300 * megabytes), limit: listing },
    { ...own("ls -l", "ls", "-l", one, "/names"), limit: listing },
    { ...own("find", "find", one), ...goal(3, 300 * megabytes), limit: listing },
    {
      ...own("verify", "verify", one, "--quiet"),
      ...goal(3, 300 * megabytes),
      limit: { what: "sha512sum of the image", argv: ["sha512sum", one] },
    },
    {
      ...own("extract", "extract", one, "-o", target, "--quiet"),
      goalBytes: 300 * megabytes,
      after: target,
      limit: {
        what: "made, written, mode, times",
        argv: ["sh", "-c", 'mkdir "$2" && "$1" make "$2" "$3"', "sh", calls, made, String(count)],
      },
    },
  ];
  const rows: string[][] = [];
  for (const trial of trials) rows.push(await measured(trial));
  rmSync(data, { recursive: true });
  log(`${count} names in a thousand folders: building`);
  for (let i = 0; i < 1000; i++) {
    mkdirSync(`${data}/d${i}`, { recursive: true });
    run(calls, ["make", `${data}/d${i}`, String(Math.ceil(count / 1000))]);
  }
  build("thousand.img");
  const thousand = own("ls -lR, 1,000 folders", "ls", "-lR", `${folder}/thousand.img`);
  const gnu = { what: "GNU ls -lnR of the folder", argv: ["ls", "-lnR", data] };
  rows.push(await measured({ ...thousand, ...goal(3), limit: gnu }));
  rmSync(data, { recursive: true });
  const head = ["what", "time", "goal", "peak memory", "goal", "limit", "which", "× the limit"];
  return markdownTable(head, rows);

  async function measured({ what, argv, limit, after, ...goals }: Trial): Promise<string[]> {
    const seconds: number[] = [], peaks: number[] = [], limits: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      log(`${what}: round ${round} of ${rounds}`);
      const { seconds: took, peakBytes } = await measure(argv, { ...options, cwd: folder });
      seconds.push(took);
      if (peakBytes !== undefined) peaks.push(peakBytes);
      if (after !== undefined) rmSync(after, { recursive: true });
      if (limit === undefined) continue;
      limits.push((await measure(limit.argv, { ...options, cwd: folder })).seconds);
      rmSync(made, { recursive: true, force: true });
    }
    const [took = NaN, peak, bare] = [seconds, peaks, limits].map(median);
    return [
      what,
      showSeconds(took),
      goals.goalSeconds === undefined ? "–" : `≤ ${goals.goalSeconds} s`,
      peak === undefined ? "–" : showBytes(peak),
      goals.goalBytes === undefined ? "–" : `≤ ${showBytes(goals.goalBytes)}`,
      bare === undefined ? "–" : showSeconds(bare),
      limit?.what ?? "–",
      bare === undefined ? "–" : (took / bare).toFixed(2),
    ];
  }
}

function goal(goalSeconds: number, goalBytes?: number): Pick<Trial, "goalSeconds" | "goalBytes"> {
  return { goalSeconds, ...(goalBytes === undefined ? {} : { goalBytes }) };
}
