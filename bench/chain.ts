/**
 * A build that encrypts and uploads while it packs, beside each of its parts alone: the image
 * packed, encrypted by `age`, and uploaded, from file to file.
 * @module
 */

import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { generate } from "./data.ts";
import { findProgram } from "./find_program.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure, type RunOptions } from "./measure.ts";
import { median } from "./statistics.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

/** Of the photos: 540 MB are enough, and the library's own encryption is slow. */
const SHARE = 0.25;
/** The most that a chain may take, times its slowest part alone. */
const GOAL = 1.2;
/** Somebody's public key; what is encrypted to it here is thrown away. */
const RECIPIENT = "age1hsturpru3z4vsd9ejec9y45dxkmhdm336mxy92xljz45e03dfsdse5ausw";
const ENGINES = ["program", "library"] as const;

/** A step that makes nothing, and says that a file is what is to be kept elsewhere. */
const STORED = `import { statSync } from "node:fs";
export default {
  name: "stored",
  shell: false,
  leaves: "sealed",
  options: { file: { type: "string", help: "what is sent" } },
  run(image, { options: { file: path } }) {
    const digests = { sha512: "0".repeat(128) };
    return { ...image, payload: { path, name: "x.age", sizeBytes: statSync(path).size, digests } };
  },
};
`;

/** A table of parts and chains, and what came of the goal. @param folder On the RAM disk. */
export async function chains(
  command: IcecoreCommand,
  folder: string,
  options: Omit<RunOptions, "cwd"> & {
    readonly rounds: number;
    readonly scale: number;
    readonly log: (text: string) => void;
  },
): Promise<string> {
  if (!findProgram("age")) return "Not measured: age is not installed.";
  const place = `${folder}/chain`;
  mkdirSync(place, { recursive: true });
  try {
    const { sizeBytes } = generate("photos", `${place}/photos`, SHARE * options.scale);
    await using sink = await startSink();
    const runs = runsOf(command, place, sink.url);
    const taken = new Map(Object.keys(runs).map((name): [string, number[]] => [name, []]));
    for (let round = 1; round <= options.rounds; round++) {
      for (const [name, argv] of Object.entries(runs)) {
        options.log(`round ${round} of ${options.rounds}: ${name}`);
        taken.get(name)!.push((await measure(argv, { ...options, cwd: place })).seconds);
      }
    }
    return `${showBytes(sizeBytes)} of photos.\n\n${
      showRuns((name) => median(taken.get(name) ?? []) ?? NaN)
    }`;
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** What is run in the folder, in this order: each takes what those before it have left. */
function runsOf(
  command: IcecoreCommand,
  place: string,
  endpoint: string,
): Record<string, readonly string[]> {
  writeFileSync(`${place}/stored.ts`, STORED);
  const recipe = (step: string) => {
    const file = `${place}/${step}.json`;
    writeFileSync(file, JSON.stringify({ name: step, steps: ["./stored.ts", step] }));
    return ["--recipe", file];
  };
  const icecore = (output: string, ...more: string[]) => [
    ...["env", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", `AWS_ENDPOINT_URL=${endpoint}`],
    ...[...command, "build", "photos", "-o", output, "--force", "--quiet", ...more],
  ];
  const age = (engine: string) =>
    [`age.recipients=${RECIPIENT}`, `age.engine=${engine}`].flatMap((set) => ["--set", set]);
  const s3 = ["s3.to=s3://vault/bench", "s3.overwrite=true"].flatMap((set) => ["--set", set]);
  const stored = (file: string) => ["--set", `stored.file=${place}/${file}`];
  const chain = (engine: string) =>
    icecore("x.img", "--use", "age", ...age(engine), "--use", "s3", ...s3);
  return {
    "pack": icecore("x.img"),
    "age (program)": ["age", "-r", RECIPIENT, "-o", "x.img.age", "x.img"],
    "age (library)": icecore("y.img", ...recipe("age"), ...stored("x.img"), ...age("library")),
    "s3": icecore("y.img", ...recipe("s3"), ...stored("x.img.age"), ...s3),
    [chainOf("program")]: chain("program"),
    [chainOf("library")]: chain("library"),
  };
}

function chainOf(engine: string): string {
  return `pack | age (${engine}) | s3`;
}

function showRuns(secondsOf: (name: string) => number): string {
  const alone = ["pack", ...ENGINES.map((engine) => `age (${engine})`), "s3"];
  const rows = alone.map((name) => [name, showSeconds(secondsOf(name)), "–", "–"]);
  for (const engine of ENGINES) {
    const parts = ["pack", `age (${engine})`, "s3"].map(secondsOf);
    const seconds = secondsOf(chainOf(engine));
    rows.push([
      chainOf(engine),
      showSeconds(seconds),
      (seconds / Math.max(...parts)).toFixed(2),
      (seconds / parts.reduce((sum, part) => sum + part)).toFixed(2),
    ]);
  }
  return markdownTable(
    ["what", "time", `× the slowest (≤ ${GOAL})`, "× one after the other"],
    rows,
  );
}

/** Starts the server that uploads go to, as a process of its own. */
async function startSink(): Promise<AsyncDisposable & { readonly url: string }> {
  const script = fileURLToPath(new URL("./s3_sink.ts", import.meta.url));
  const child = spawn(Deno.execPath(), ["run", "--allow-net", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const { value: url } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  return {
    url: String(url),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
