/**
 * The file system whose operations take a millisecond longer, for the benchmarks that need one.
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import process from "node:process";
import { compileC } from "./compile_c.ts";
import { findProgram } from "./find_program.ts";

const DELAY_US = 1000;

/** Why it cannot be mounted here, if so. */
export function unable(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root";
  if (!findProgram("gcc")) return "not installed: gcc";
  if (!existsSync("/usr/include/fuse3/fuse.h")) return "not installed: libfuse3-dev";
  return existsSync("/dev/fuse") ? undefined : "there is no /dev/fuse";
}

/** Compiles the slow file system into `folder`. */
export function compileSlow(folder: string): void {
  compileC("slow_fs", ["-D_FILE_OFFSET_BITS=64", "-I/usr/include/fuse3", "-lfuse3"], folder);
}

/** Runs a program. @throws Error where it fails */
export function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${stderr.trim()}`);
}

/** A slow file system that is mounted. */
export interface Mounted {
  readonly folder: string;
  readonly child?: Deno.ChildProcess;
}

/** Shows `folder/NAME` as `folder/slow`, each operation a millisecond later. */
export async function mount(folder: string, name: string): Promise<Mounted> {
  const at = `${folder}/slow`;
  mkdirSync(at, { recursive: true });
  const child = new Deno.Command(`${folder}/slow_fs`, {
    args: [`${folder}/${name}`, at, String(DELAY_US)],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let waits = 0; waits < 500; waits++) {
    if (readFileSync("/proc/self/mounts", "utf8").includes(` ${at} `)) return { folder: at, child };
    await setTimeout(20);
  }
  throw new Error(`${at} is not mounted`);
}

/** Takes it away. */
export function unmount({ folder, child }: Mounted): void {
  spawnSync("umount", ["--lazy", folder]);
  child?.kill("SIGKILL");
}
