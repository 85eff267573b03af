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

/** Fails unless `e2fsck -fn` has no complaint. */
export function assertE2fsckClean(image: string): void {
  const { stdout, stderr, exitCode } = run("e2fsck", ["-fn", image]);
  const text = new TextDecoder().decode(stdout);
  const lines = text.split("\n").filter((line) => line !== "");
  const complaints = lines.filter((line) => !SOUND.some((pattern) => pattern.test(line)));
  const messages = stderr.split("\n").filter((line) => line !== "" && !/^e2fsck \d/.test(line));
  assert.deepEqual([...complaints, ...messages], [], `e2fsck: ${text.slice(0, 4000)}`);
  assert.equal(exitCode, 0);
}

/** Mounts an image read-only for the time of a callback. */
export async function withMount<T>(
  image: string,
  folder: string,
  use: (mountpoint: string) => T | Promise<T>,
): Promise<T> {
  const mountpoint = join(folder, "mnt");
  mkdirSync(mountpoint, { recursive: true });
  output("mount", ["-t", "ext4", "-o", "ro,loop", image, mountpoint]);
  try {
    return await use(mountpoint);
  } finally {
    output("umount", [mountpoint]);
  }
}
