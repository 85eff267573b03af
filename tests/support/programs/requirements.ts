/**
 * Tests that need more than the runtime say so in their name when they cannot run.
 * @module
 */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { aptGetLine } from "./debian_packages.ts";

/** What a test needs of the machine. */
export interface Requirements {
  /** Programs by name, on `PATH` or in the folders for administrators. */
  readonly programs?: readonly string[];
  /** Files that packages bring, such as headers, or devices. */
  readonly files?: readonly string[];
  /** Whether it must be root. */
  readonly root?: boolean;
  /** Whether it attaches loop devices and mounts them, which needs root as well. */
  readonly loop?: boolean;
}

/** Why a test cannot run here, or `undefined` when it can. */
export function missingRequirement(
  needs: Requirements,
  path: string = process.env["PATH"] ?? "",
): string | undefined {
  const missing = [
    ...(needs.programs ?? []).filter((name) => findProgram(name, path) === undefined),
    ...(needs.files ?? []).filter((file) => !existsSync(file)),
  ];
  if (missing.length > 0) {
    const line = aptGetLine(missing);
    return `needs ${missing.join(", ")}${line === undefined ? "" : `: ${line}`}`;
  }
  if ((needs.root === true || needs.loop === true) && process.getuid?.() !== 0) return "needs root";
  if (needs.loop === true && !hasLoopDevices()) return "needs a free loop device: modprobe loop";
  return undefined;
}

/**
 * What a test definition takes over: whether to ignore it, and what its name then ends in.
 *
 * ```ts ignore
 * const { ignore, suffix } = requires({ programs: ["e2fsck"], loop: true });
 * Deno.test({ name: `the image mounts${suffix}`, ignore, fn });
 * ```
 */
export function requires(needs: Requirements): { ignore: boolean; suffix: string } {
  const reason = missingRequirement(needs);
  return reason === undefined
    ? { ignore: false, suffix: "" }
    : { ignore: true, suffix: ` (skipped: ${reason})` };
}

/** Declares a test, or an ignored one whose name says what is missing. */
export function testWith(
  needs: Requirements,
  name: string,
  run: (context: Deno.TestContext) => void | Promise<void>,
): void {
  const { ignore, suffix } = requires(needs);
  Deno.test({ name: `${name}${suffix}`, ignore, fn: run });
}

/** The path of a program on `PATH`, or in the folders for administrators. */
export function findProgram(
  program: string,
  path: string = process.env["PATH"] ?? "",
): string | undefined {
  const folders = [...path.split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, program)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

let loopDevices: boolean | undefined;

/** Whether the kernel offers a loop device. Asked once: `losetup --find` attaches nothing. */
function hasLoopDevices(): boolean {
  const losetup = findProgram("losetup");
  loopDevices ??= losetup !== undefined && spawnSync(losetup, ["--find"]).status === 0;
  return loopDevices;
}
