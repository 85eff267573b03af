/**
 * Lets system calls of icecore fail, one at a time, by `strace -e inject`, and looks what is there
 * afterwards: the old state or the new one, and nothing between.
 *
 * The calls are counted in a run without faults. Opens are distinguished by path, since most of them
 * are the runtime's own; the other calls are few, and each is let fail.
 * @module
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { compile } from "../compile/compile.ts";
import { output } from "../support/programs/oracles.ts";

/** The calls that are let fail, as strace names them, and what with. */
const FAULTS = {
  rename: ["?rename,?renameat,renameat2", "EPERM"],
  link: ["?link,linkat", "EPERM"],
  fsync: ["fsync,fdatasync", "EIO"],
  unlink: ["?unlink,unlinkat,?rmdir", "EIO"],
  openat: ["?open,openat", "EIO"],
} as const;

/** One of the calls that are let fail. */
export type Call = keyof typeof FAULTS;

/** One call that is let fail in one run. */
export interface Fault {
  readonly call: Call;
  /** Which of its calls in a thread, from 1 on; of those with `path`, where there is one. */
  readonly when: number;
  /** As the call names it, or the folder that it is relative to; `OUT` stands for that of the run. */
  readonly path?: string;
}

/** What is done under faults. */
export interface Scenario {
  /** Arguments of icecore, run in the folder that `prepare` has filled. */
  readonly args: readonly string[];
  /** Makes the old state: a folder `out` is watched, what lies beside it is not. */
  prepare(folder: string, icecore: Icecore): void;
}

/** Runs icecore in a folder without faults; throws unless it succeeds. */
export type Icecore = (...args: readonly string[]) => void;

/** What became of a run. */
export interface Ran {
  readonly fault: string;
  readonly code: number;
  readonly stderr: string;
  /** What is in `out`, by path. */
  readonly state: State;
  /** What is in `out` after `icecore clean out`. */
  readonly cleaned: State;
}

/** Names, and what is there: contents, mode, target. */
export type State = Readonly<Record<string, string>>;

/** All runs of a scenario. */
export interface Runs {
  readonly before: State;
  readonly after: State;
  readonly runs: readonly Ran[];
}

const decoder = new TextDecoder();

/** The executable to put to the test: the source starts too slowly to be run hundreds of times. */
export async function withExecutable(use: (path: string) => Promise<void>): Promise<void> {
  const given = Deno.env.get("ICECORE_EXECUTABLE");
  if (given !== undefined) return await use(given);
  const folder = mkdtempSync(`${tmpdir()}/icecore-injection-`);
  try {
    const path = `${folder}/icecore`;
    const env = { PATH: Deno.env.get("PATH") ?? "", HOME: Deno.env.get("HOME") ?? folder };
    const { code, stderr } = await compile(["--runtime", "bun", "-o", path], { env });
    assert.equal(code, 0, stderr);
    await use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a scenario once without a fault, and once for each call that can fail. */
export function runWithFaults(executable: string, scenario: Scenario): Promise<Runs> {
  return runAll(executable, scenario, ({ call }) => `error=${FAULTS[call][1]}`);
}

/** The same, with the process killed at each call but those that open. */
export function runWithKills(executable: string, scenario: Scenario): Promise<Runs> {
  return runAll(
    executable,
    scenario,
    ({ call }) => call === "openat" ? undefined : "signal=KILL",
  );
}

/** As many runs as there mostly are processors; one waits for programs and disks. */
const AT_ONCE = 3;

async function runAll(
  executable: string,
  scenario: Scenario,
  whatOf: (fault: Fault) => string | undefined,
): Promise<Runs> {
  return await inFolder(async (folder) => {
    prepare(executable, folder, scenario);
    const benches = Array.from(
      { length: AT_ONCE },
      (_, i) => new Bench(executable, folder, `${folder}/${i}`, scenario.args),
    );
    const first = benches[0]!;
    const before = first.reset();
    const log = await first.run([
      "-y",
      "-e",
      `trace=${Object.values(FAULTS).map(([calls]) => calls)}`,
    ]);
    assert.equal(log.code, 0, log.stderr);
    const after = stateOf(first.out);
    const waiting = faultsIn(log.trace, first.out);
    const runs: Ran[] = [];
    await Promise.all(benches.map(async (bench) => {
      for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
        const what = whatOf(fault);
        if (what === undefined) continue;
        bench.reset();
        const { code, stderr } = await bench.run(inject(fault, what, bench.out));
        runs.push({ fault: nameOf(fault), code, stderr, ...bench.states() });
      }
    }));
    return { before, after, runs };
  });
}

/** Makes the folder that each run begins with a copy of. */
function prepare(executable: string, folder: string, scenario: Scenario): void {
  const template = `${folder}/template`;
  mkdirSync(`${template}/out`, { recursive: true });
  scenario.prepare(template, (...args) => runToEnd(executable, args, template, { NO_COLOR: "1" }));
}

function runToEnd(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): void {
  const { code, stderr } = new Deno.Command(program, { args: [...args], cwd, env }).outputSync();
  assert.equal(code, 0, `${args.join(" ")}: ${decoder.decode(stderr)}`);
}

const OUT = "OUT";

function inject({ call, when, path }: Fault, what: string, out: string): string[] {
  const calls = FAULTS[call][0];
  // Our own openat is tried again once where it fails.
  const often = call === "openat" ? `${when}..${when + 1}` : when;
  const only = path === undefined ? [] : ["-P", path.replace(OUT, out)];
  return [...only, "-e", `trace=${calls}`, "-e", `inject=${calls}:${what}:when=${often}`];
}

function nameOf({ call, when, path }: Fault): string {
  return `${call} ${path ?? ""} #${when}`;
}

const MOST_MS = 60_000;

class Bench {
  readonly out: string;
  readonly #now: string;
  readonly #env: Record<string, string>;

  constructor(
    private readonly executable: string,
    private readonly common: string,
    private readonly folder: string,
    private readonly args: readonly string[],
  ) {
    this.#now = `${folder}/now`;
    this.out = `${this.#now}/out`;
    // Threads that spin, as those of par2, are slow under strace.
    this.#env = { TMPDIR: `${folder}/tmp`, NO_COLOR: "1", OMP_NUM_THREADS: "1" };
  }

  /** Brings the old state about. */
  reset(): State {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(`${this.folder}/tmp`, { recursive: true });
    // With all times: an image of the same source is the same.
    output("cp", ["-a", `${this.common}/template`, this.#now]);
    return stateOf(this.out);
  }

  /** Runs the scenario under strace. */
  async run(
    options: readonly string[],
  ): Promise<{ code: number; stderr: string; trace: string }> {
    const log = `${this.folder}/log`;
    const args = ["-f", "-qqq", "-o", log, ...options, this.executable, ...this.args];
    const { code, stderr } = await new Deno.Command("strace", {
      args,
      cwd: this.#now,
      env: this.#env,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      // One that hangs is found by its exit code, and ends.
      signal: AbortSignal.timeout(MOST_MS),
    }).output();
    return { code, stderr: decoder.decode(stderr), trace: readFileSync(log, "utf8") };
  }

  /** What is there, and what is there once it is cleaned. */
  states(): { state: State; cleaned: State } {
    const state = stateOf(this.out);
    runToEnd(this.executable, ["clean", "out", "-q"], this.#now, this.#env);
    return { state, cleaned: stateOf(this.out) };
  }
}

/** All calls of a trace that may be let fail: each once. */
function faultsIn(trace: string, out: string): Fault[] {
  const counts = new Map<string, number>();
  const most = new Map<string, Fault>();
  for (const line of trace.split("\n")) {
    const match = /^(\d+) +(\w+)\((.*)$/.exec(line);
    if (match === null) continue;
    const [, thread, name, rest] = match;
    const call = (Object.keys(FAULTS) as Call[])
      .find((each) => FAULTS[each][0].replaceAll("?", "").split(",").includes(name!));
    if (call === undefined) continue;
    const path = call === "openat" ? openedIn(rest!, out) : undefined;
    if (call === "openat" && path === undefined) continue;
    const kind = `${call} ${path ?? ""}`;
    const when = (counts.get(`${thread} ${kind}`) ?? 0) + 1;
    counts.set(`${thread} ${kind}`, when);
    most.set(`${kind} ${when}`, { call, when, ...path !== undefined && { path } });
  }
  return [...most.values()];
}

/** What is opened in `out`, by which strace finds the call again; `undefined` for what lies elsewhere. */
function openedIn(args: string, out: string): string | undefined {
  const [, folder, name] = /^\w+<([^>]*)>, "([^"]*)"/.exec(args) ?? [];
  if (folder === undefined || name === undefined) return undefined;
  const path = resolve(folder, name);
  if (path !== out && !path.startsWith(`${out}/`)) return undefined;
  const isByFolder = !args.startsWith("AT_FDCWD") && !name.startsWith("/");
  return (isByFolder ? folder : name).replace(out, OUT);
}

/** All below a folder. */
function stateOf(folder: string, below = ""): State {
  const state: Record<string, string> = {};
  if (!existsSync(folder)) return state;
  for (const name of readdirSync(`${folder}/${below}`).sort()) {
    const path = `${below}${name}`;
    const status = lstatSync(`${folder}/${path}`);
    const mode = (status.mode & 0o7777).toString(8);
    if (status.isSymbolicLink()) state[path] = `to ${readlinkSync(`${folder}/${path}`)}`;
    else if (status.isDirectory()) {
      Object.assign(state, { [path]: `folder ${mode}` }, stateOf(folder, `${path}/`));
    } else state[path] = `${mode} ${contentOf(`${folder}/${path}`)}`;
  }
  return state;
}

/** What age encrypts is never the same twice, nor are the digests of its parts. */
function contentOf(path: string): string {
  const bytes = readFileSync(path);
  return path.includes(".age")
    ? `${bytes.length} bytes`
    : createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = realpathSync(mkdtempSync(`${base}/icecore-injection-`));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
