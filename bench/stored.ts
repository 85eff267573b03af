/**
 * Images read where they are stored, encrypted and compressed: one file over HTTP, and everything
 * extracted beside unpacking first.
 * @module
 */

import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { spawn } from "node:child_process";
import { generate } from "./data.ts";
import { type FileServer, serveFile } from "./file_server.ts";
import { findProgram } from "./find_program.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

const FILE = "2014/01/IMG_00000.jpg";
const COLD_ROUNDS = 11;

/** What is measured, and what it may be at most. */
const GOALS = { requests: 8, extraBytes: 1 << 20, perByte: 1.15, seconds: 0.15, extract: 1.3 };

type Row = [string, string, string, string];

/** A table of what was measured beside its goals. @param folder On the RAM disk. */
export async function stored(
  command: IcecoreCommand,
  folder: string,
  options: Omit<RunOptions, "cwd"> & {
    readonly rounds: number;
    readonly scale: number;
    readonly log: (text: string) => void;
  },
): Promise<string> {
  if (!findProgram("age")) return "Not measured: age is not installed.";
  const place = `${folder}/stored`;
  mkdirSync(place, { recursive: true });
  const run = (...argv: string[]) => measure(argv, { ...options, cwd: place });
  const icecore = (...words: string[]) => run(...command, ...words);
  try {
    const data = generate("photos", `${place}/photos`, options.scale);
    const fileBytes = statSync(`${place}/photos/${FILE}`).size;
    await run("age-keygen", "-o", "key");
    const { output } = await run("age-keygen", "-y", "key");
    await icecore("build", "photos", "-o", "x.img", "--quiet");
    rmSync(`${place}/photos`, { recursive: true });
    await run("age", "-r", output.trim(), "-o", "x.img.age", "x.img");
    rmSync(`${place}/x.img`);
    const rows: Row[] = [];
    options.log("one file out of an encrypted image, over HTTP");
    rows.push(...await oneFile(command, place, fileBytes));
    const ours: number[] = [], theirs: number[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      options.log(`round ${round} of ${options.rounds}: extracting an encrypted image`);
      ours.push((await icecore(...EXTRACT, "x.img.age", "--identity", "key")).seconds);
      rmSync(`${place}/out`, { recursive: true });
      const decrypting = await run("age", "-d", "-i", "key", "-o", "y.img", "x.img.age");
      const extracting = await icecore(...EXTRACT, "y.img");
      theirs.push(decrypting.seconds + extracting.seconds);
      for (const name of ["out", "y.img"]) rmSync(`${place}/${name}`, { recursive: true });
    }
    const [own = NaN, other = NaN] = [median(ours), median(theirs)];
    rows.push([
      "extract / age -d, then extract, time",
      `≤ ${GOALS.extract}`,
      (own / other).toFixed(2),
      own / other <= GOALS.extract ? "yes" : "no",
    ]);
    return `${showBytes(data.sizeBytes)} of photos, encrypted by age; the file has ` +
      `${showBytes(fileBytes)}. Extracting took ${showSeconds(own)}, and ${showSeconds(other)} ` +
      `with the plain image in between.\n\n` +
      markdownTable(["what", "goal", "measured", "reached"], rows);
  } finally {
    rmSync(place, { recursive: true });
  }
}

const EXTRACT = ["extract", "-o", "out", "--quiet"];

async function oneFile(
  [program = "", ...args]: IcecoreCommand,
  place: string,
  fileBytes: number,
): Promise<Row[]> {
  await using server = await serveFile(`${place}/x.img.age`);
  const words = [...args, "cat", server.url, `photos/${FILE}`, "--identity", `${place}/key`];
  const seconds: number[] = [];
  let asked = { countRequests: 0, countBytes: 0 };
  for (let round = 0; round < COLD_ROUNDS; round++) {
    asked = await counted(server, async () => {
      const begin = performance.now();
      await cat(program, words, `${place}/file`);
      seconds.push((performance.now() - begin) / 1000);
    });
  }
  const { countRequests, countBytes } = asked;
  const mostBytes = GOALS.perByte * fileBytes + GOALS.extraBytes;
  const took = median(seconds) ?? NaN;
  const name = "one file over HTTP";
  const verdict = (reached: boolean) => reached ? "yes" : "no";
  return [
    [
      `${name}, requests`,
      `≤ ${GOALS.requests}`,
      `${countRequests}`,
      verdict(
        countRequests <= GOALS.requests,
      ),
    ],
    [
      `${name}, bytes`,
      `≤ ${showBytes(mostBytes)}`,
      showBytes(countBytes),
      verdict(
        countBytes <= mostBytes,
      ),
    ],
    [
      `${name}, time of a fresh process`,
      `≤ ${showSeconds(GOALS.seconds)}`,
      showSeconds(took),
      verdict(
        took <= GOALS.seconds,
      ),
    ],
  ];
}

async function counted(server: FileServer, use: () => Promise<void>) {
  const { countRequests, countBytes } = server;
  await use();
  return {
    countRequests: server.countRequests - countRequests,
    countBytes: server.countBytes - countBytes,
  };
}

/** Into a file: a pipe would measure how fast this process reads it. */
async function cat(program: string, words: readonly string[], to: string): Promise<void> {
  const file = openSync(to, "w");
  const errors = openSync(`${to}.errors`, "w");
  const child = spawn(program, words, { stdio: ["ignore", file, errors] });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  for (const each of [file, errors]) closeSync(each);
  if (code !== 0) throw new Error(`icecore cat failed: ${readFileSync(`${to}.errors`, "utf8")}`);
}
