/**
 * A folder to break things in: with a temporary folder of its own, so that what a build leaves is
 * found, and nobody else's is touched. Whatever is left is released at the end.
 * @module
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { icecoreArgv } from "../support/programs/icecore_command.ts";
import { findProgram, type Requirements } from "../support/programs/requirements.ts";

export { icecoreArgv } from "../support/programs/icecore_command.ts";

/** What a build with the recipe e2fsprogs needs. */
export const REAL: Requirements = {
  programs: [
    "mkfs.ext4",
    "e2fsck",
    "resize2fs",
    "tune2fs",
    "dumpe2fs",
    "mount",
    "umount",
    "losetup",
  ],
  loop: true,
};

/** The repository's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How to start a program. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What became of a program. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to break things in. */
export interface Lab {
  /** Its real path. */
  readonly folder: string;
  /** A path in it. */
  at(name: string): string;
  /** A folder `source` with a few files. */
  readonly source: string;
  /** Where the image of that folder is put: `out.img`. */
  readonly image: string;
  /** Where builds of this lab have their private folders. */
  readonly temporary: string;
  /** The environment of its programs. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts a script in front of PATH; `real` in it runs the program of that name. */
  fake(program: string, script: string): void;
}

/** Gives a lab to `body`, and removes it with all that is left in it. */
export async function inLab(body: (lab: Lab) => void | Promise<void>): Promise<void> {
  const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = realpathSync(mkdtempSync(`${base}/icecore-lab-`));
  const lab = makeLab(folder);
  try {
    await body(lab);
  } finally {
    tearDown(lab);
  }
}

function makeLab(folder: string): Lab {
  const at = (name: string) => `${folder}/${name}`;
  for (const name of ["bin", "tmp", "source/inner"]) mkdirSync(at(name), { recursive: true });
  writeFileSync(at("source/one"), "one\n");
  writeFileSync(at("source/inner/two"), "x".repeat(100_000));
  const path = process.env["PATH"] ?? "";
  return {
    folder,
    at,
    source: at("source"),
    image: at("out.img"),
    temporary: at("tmp"),
    env: { PATH: `${at("bin")}:${path}`, TMPDIR: at("tmp"), LAB: folder },
    fake(program, script) {
      const real = findProgram(program);
      const text = `#!/bin/sh\nreal() { ${real} "$@"; }\n${script}\n`;
      writeFileSync(at(`bin/${program}`), text);
      chmodSync(at(`bin/${program}`), 0o755);
    },
  };
}

function tearDown(lab: Lab): void {
  for (const id of processesOf(lab)) killIfThere(id);
  for (const mountpoint of mountsBelow(lab.folder)) spawnSync("umount", ["-l", mountpoint]);
  for (const device of loopDevicesBelow(lab.folder)) spawnSync("losetup", ["-d", device]);
  rmSync(lab.folder, { recursive: true, force: true });
}

/** Starts a program of a lab. */
export function start(lab: Lab, argv: readonly string[], options: Start = {}): Deno.ChildProcess {
  return new Deno.Command(argv[0]!, {
    args: argv.slice(1),
    cwd: options.cwd ?? lab.folder,
    env: { ...lab.env, ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for a program to end. */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const output = await child.output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Runs icecore to its end. */
export function icecore(lab: Lab, args: readonly string[], options: Start = {}): Promise<Ended> {
  return ended(start(lab, icecoreArgv(args), options));
}

/** The arguments of a build of the lab's source with real programs. */
export const buildArgs = (...more: string[]): string[] => [
  "build",
  "source",
  "-o",
  "out.img",
  "--recipe",
  "e2fsprogs",
  ...more,
];

/** Builds the lab's source. */
export function build(lab: Lab, more: readonly string[] = [], options: Start = {}): Promise<Ended> {
  return icecore(lab, buildArgs(...more), options);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** What builds of a lab have left: partial files, private folders, mounts, loop devices, programs. */
export function leftovers(lab: Lab): string[] {
  const partials = everything(lab.folder).filter((path) => path.endsWith(".partial"));
  const folders = readdirSync(lab.temporary).map((name) => `${lab.temporary}/${name}`);
  return [
    ...partials,
    ...folders,
    ...mountsBelow(lab.temporary),
    ...loopDevicesBelow(lab.folder),
    ...processesOf(lab).map((id) => `process ${id}`),
  ];
}

/** Fails when something is left. The kernel frees mounts and loop devices in its own time. */
export async function assertNothingLeft(lab: Lab): Promise<void> {
  for (let waits = 0; waits < 1500 && leftovers(lab).length > 0; waits++) await pause();
  assert.deepEqual(leftovers(lab), []);
}

/** The names of what builds of a lab have made: `out.img`, and all that lies beside it. */
export function outputsOf(lab: Lab): string[] {
  return readdirSync(lab.folder).filter((name) => name.startsWith("out")).sort();
}

/** Fails when a failed build has left something: an image, or anything else. */
export async function assertNothingBuilt(lab: Lab): Promise<void> {
  await assertNothingLeft(lab);
  assert.deepEqual(outputsOf(lab), []);
}

/** Interrupts a build; fails unless it says so, ends with 130 and leaves nothing. */
export async function assertInterruptible(
  lab: Lab,
  build: Deno.ChildProcess,
  signal: Deno.Signal = "SIGINT",
): Promise<void> {
  build.kill(signal);
  const { code, stdout, stderr } = await ended(build);
  const answer = signal === "SIGINT" ? "icecore: interrupting; Ctrl-C again to stop at once\n" : "";
  assert.equal(stderr, `${answer}icecore: interrupted by ${signal}: nothing was left behind\n`);
  assert.equal(stdout, "");
  assert.equal(code, 130);
  await assertNothingBuilt(lab);
}

function everything(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? [path, ...everything(path)] : [path];
  });
}

/** Mount points below a folder, the deepest first. */
export function mountsBelow(folder: string): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8").split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

/** Loop devices whose file lies below a folder. */
export function loopDevicesBelow(folder: string): string[] {
  return readdirSync("/sys/block").filter((name) => name.startsWith("loop")).filter((name) => {
    try {
      return readFileSync(`/sys/block/${name}/loop/backing_file`, "utf8").startsWith(`${folder}/`);
    } catch {
      return false;
    }
  }).map((name) => `/dev/${name}`);
}

/** Programs that builds of a lab have started and that still run. */
function processesOf(lab: Lab): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((id) => {
    try {
      const isOurs = readFileSync(`/proc/${id}/environ`, "utf8").includes(`LAB=${lab.folder}\0`);
      return isOurs && !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
    } catch {
      return false;
    }
  });
}

function killIfThere(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    // It may have ended since it was listed.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
