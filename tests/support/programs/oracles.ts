/**
 * Judges of an image that nobody here wrote: e2fsck and the kernel.
 * @module
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./requirements.ts";

/** What a program printed. */
export interface Printed {
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], cwd?: string): Printed {
  const path = findProgram(program);
  assert.ok(path !== undefined, `${program} is installed`);
  const result = spawnSync(path, args, {
    maxBuffer: 1 << 30,
    env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    ...(cwd === undefined ? {} : { cwd }),
  });
  return {
    stdout: new Uint8Array(result.stdout ?? []),
    stderr: new TextDecoder().decode(new Uint8Array(result.stderr ?? [])),
    exitCode: result.status,
  };
}

/** `run`, failing unless the exit code is 0; standard output as text. */
export function output(program: string, args: readonly string[], cwd?: string): string {
  const printed = run(program, args, cwd);
  const text = new TextDecoder().decode(printed.stdout);
  assert.equal(printed.exitCode, 0, `${program} ${args.join(" ")}: ${text}${printed.stderr}`);
  return text;
}

/** Lines that e2fsck prints about a sound image. */
const SOUND = [/^Pass [1-5]: /, /^.*: \d+\/\d+ files \([\d.]+% non-contiguous\), \d+\/\d+ blocks$/];

/** What `e2fsck -fn` complains of; of some damage it complains with exit code 0. */
export function e2fsckComplaints(image: string): string[] {
  const { stdout, stderr, exitCode } = run("e2fsck", ["-fn", image]);
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  const messages = stderr.split("\n").filter((line) => line !== "" && !/^e2fsck \d/.test(line));
  const complaints = lines.filter((line) => !SOUND.some((pattern) => pattern.test(line)));
  const all = [...complaints, ...messages];
  return exitCode === 0 || all.length > 0 ? all : [`exit code ${exitCode}`];
}

/** Fails unless `e2fsck -fn` has no complaint. */
export function assertE2fsckClean(image: string): void {
  assert.deepEqual(e2fsckComplaints(image), []);
}

/** Mounts an image for the time of a callback, read-only unless told otherwise. */
export async function withMount<T>(
  image: string,
  folder: string,
  use: (mountpoint: string) => T | Promise<T>,
  options = "ro,loop",
): Promise<T> {
  const mountpoint = join(folder, "mnt");
  mkdirSync(mountpoint, { recursive: true });
  output("mount", ["-t", "ext4", "-o", options, image, mountpoint]);
  try {
    return await use(mountpoint);
  } finally {
    output("umount", [mountpoint]);
  }
}
