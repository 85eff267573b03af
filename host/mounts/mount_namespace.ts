/**
 * A mount namespace of its own, which no other process sees and which the kernel takes down with
 * all its mounts when the last process in it ends.
 *
 * A holder process keeps it alive for as long as icecore keeps a pipe to it open: however icecore
 * ends, by `kill -9` too, the pipe closes, the holder ends, and the mounts are gone.
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { findProgram } from "../programs/find_program.ts";
import { programEnvironment } from "../programs/hidden_variables.ts";
import { type ProgramOptions, runProgram } from "../programs/run_program.ts";

/** Where to run `mount` and `umount`, and how to reach what they mounted. */
export interface MountNamespace {
  /** Whether mounts are seen by icecore alone. */
  readonly isPrivate: boolean;
  /** Runs a program inside. @throws ToolError */
  run(argv: readonly string[], options: ProgramOptions): Promise<unknown>;
  /** The path by which a folder inside is reached from outside. */
  reach(path: string): string;
  /** Ends it, and with it the mounts that are left. */
  release(): Promise<void>;
}

/** The command that unmounts a folder, in whichever namespace its path leads to. */
export function unmountArgv(mountpoint: string): string[] {
  const inside = /^\/proc\/(\d+)\/root(\/.*)$/s.exec(mountpoint);
  return inside === null
    ? ["umount", mountpoint]
    : ["nsenter", `--mount=/proc/${inside[1]}/ns/mnt`, "umount", inside[2]!];
}

/** Said by the holder once the namespace stands. */
const READY = "ready";

/**
 * Makes a private namespace.
 *
 * @param env Added to the holder's environment, so that `icecore clean` recognizes it as ours.
 * @returns One that shares the mounts of this process, where the kernel does not allow a private
 * one.
 */
export async function makeMountNamespace(
  env: Readonly<Record<string, string>>,
): Promise<MountNamespace> {
  const holder = startHolder(env);
  if (holder === undefined || !await isReady(holder)) return SHARED;
  return {
    isPrivate: true,
    run: (argv, options) =>
      runProgram(["nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, ...argv], options),
    reach: (path) => `/proc/${holder.pid}/root${path}`,
    async release() {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      const ended = once(holder, "exit");
      holder.stdin!.end();
      await ended;
    },
  };
}

function startHolder(env: Readonly<Record<string, string>>): ChildProcess | undefined {
  const argv = ["--mount", "--propagation", "private", "sh", "-c", `echo ${READY}; exec cat`];
  try {
    return spawn(findProgram("unshare") ?? "unshare", argv, {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
      env: { ...programEnvironment(), ...env },
    });
  } catch {
    // Bun throws at once where the kernel does not run it; Deno reports it later.
    return undefined;
  }
}

const SHARED: MountNamespace = {
  isPrivate: false,
  run: (argv, options) => runProgram(argv, options),
  reach: (path) => path,
  release: () => Promise.resolve(),
};

function isReady(holder: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    holder.once("error", () => resolve(false));
    holder.once("exit", () => resolve(false));
    holder.stdout!.once("data", (chunk: Uint8Array) => {
      resolve(new TextDecoder().decode(chunk).startsWith(READY));
    });
  });
}
