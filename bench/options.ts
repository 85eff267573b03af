/**
 * The command line of the benchmark.
 * @module
 */

import { parseArgs } from "node:util";
import { type DataKind, dataKinds } from "./data.ts";

/** What to measure. */
export interface BenchOptions {
  readonly only: readonly DataKind[];
  readonly rounds: number;
  /** Multiplies the number of files. */
  readonly scale: number;
  /** Time and memory from 10,000 to 1,000,000 files, instead of the contest. */
  readonly growth: boolean;
  /** Equal files and clones, instead of the contest. */
  readonly sharing: boolean;
  /** Slow sources and cold caches, instead of the contest. */
  readonly slow: boolean;
  /** A million names in one folder, instead of the contest. */
  readonly folder: boolean;
  /** How `serve` answers, instead of the contest. */
  readonly serving: boolean;
  /** A catalogue of ten million files, instead of the contest. */
  readonly catalogue: boolean;
  /** Plans of many names, and several builds at a time, instead of the contest. */
  readonly volumes: boolean;
  /** Several builds at a time, and nothing else. */
  readonly builds: boolean;
  /** Plan and metadata of so many names, instead of the contest. */
  readonly names: number | undefined;
  /** Also run icecore from source. */
  readonly source: boolean;
  /** No contender may take longer. */
  readonly timeoutMs: number;
  /** Names of contenders must contain this. */
  readonly filter: string;
}

/** The help text. */
export const usage = `deno task bench [--only photos,small,flat] [--rounds N] [--scale S]
                [--filter TEXT] [--timeout SECONDS] [--source] [--growth] [--sharing] [--serving]
                 [--catalogue] [--volumes] [--builds] [--slow] [--folder] [--names N]

Runs icecore and others on the same data on a RAM disk, in turn, and prints medians and ratios.
  --only     data sets (default: all three)
  --rounds   runs of each (default: 3)
  --scale    multiplies the number of files (default: 1)
  --filter   only contenders whose name contains TEXT
  --timeout  a run that takes longer is given up (default: 120)
  --source   run icecore from source too, not only as executable
  --growth   instead: time and peak memory from 10,000 to 1,000,000 files
  --sharing  instead: builds with --dedupe and --reflink beside builds without
  --slow     instead: sources and targets of which each operation takes long, and cold caches
  --folder   instead: a million names in one folder, listed, found, verified and extracted
  --serving  instead: how fast serve answers, from disk and over HTTP
  --catalogue  instead: a catalogue of 10,000,000 files, made and asked
  --names    instead: plan and metadata of up to N names, e.g. 10000000
  --builds   instead: a plan of 1,000,000 files, and 1, 2, 4 builds at a time
  --volumes  instead: plans of up to 100,000,000 names, what --builds does, and the queue's own cost

Example: deno task bench --only small --rounds 5`;

/** Reads the command line. @throws Error with one sentence for the user. */
export function parseOptions(argv: string[]): BenchOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: "string", default: dataKinds.join(",") },
      rounds: { type: "string", default: "3" },
      scale: { type: "string", default: "1" },
      filter: { type: "string", default: "" },
      timeout: { type: "string", default: "120" },
      source: { type: "boolean", default: false },
      growth: { type: "boolean", default: false },
      sharing: { type: "boolean", default: false },
      serving: { type: "boolean", default: false },
      catalogue: { type: "boolean", default: false },
      volumes: { type: "boolean", default: false },
      builds: { type: "boolean", default: false },
      slow: { type: "boolean", default: false },
      folder: { type: "boolean", default: false },
      names: { type: "string" },
    },
  });
  const only = values.only.split(",").map((name) => {
    const kind = dataKinds.find((each) => each === name);
    if (kind === undefined) throw new Error(`unknown data set ${name}. Use photos, small or flat.`);
    return kind;
  });
  return {
    only,
    rounds: Math.ceil(positive("--rounds", values.rounds)),
    scale: positive("--scale", values.scale),
    growth: values.growth,
    sharing: values.sharing,
    serving: values.serving,
    catalogue: values.catalogue,
    volumes: values.volumes,
    builds: values.builds,
    slow: values.slow,
    folder: values.folder,
    names: values.names === undefined ? undefined : positive("--names", values.names),
    source: values.source,
    filter: values.filter,
    timeoutMs: positive("--timeout", values.timeout) * 1000,
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} needs a number above 0, not ${text}.`);
  return value;
}
