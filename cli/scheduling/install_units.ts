/**
 * Puts units in place, and has systemd run them.
 * @module
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../host/environment_error.ts";
import { meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { findProgram } from "../../host/programs/find_program.ts";
import { runProgram } from "../../host/programs/run_program.ts";

/** Where an administrator's units are. */
const UNITS = "etc/systemd/system";

/**
 * Writes the units and enables the timer.
 *
 * @param root `/`; of another system that is not running, its root folder.
 * @returns The files that were written.
 * @throws EnvironmentError; ToolError where systemctl refuses
 */
export async function installUnits(
  units: Readonly<Record<string, string>>,
  timer: string,
  root: string,
): Promise<string[]> {
  requireSystemd();
  const folder = join(root, UNITS);
  const written = Object.keys(units).map((name) => join(folder, name));
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(units)) refuseForeign(join(folder, name), text);
    for (const [name, text] of Object.entries(units)) {
      const path = join(folder, name);
      writeFileSync(`${path}.partial`, text, { mode: 0o644 });
      renameSync(`${path}.partial`, path);
    }
  } catch (error) {
    if (error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(
      `cannot write units to ${printable(folder)}: ${meaningOf(error)}. Run it as root.`,
      "not-written",
      { cause: error },
    );
  }
  for (const argv of enableArgv(timer, root)) await runProgram(argv);
  return written;
}

/** Before units are written that nothing would start. */
function requireSystemd(): void {
  if (findProgram("systemctl") !== undefined) return;
  throw new EnvironmentError(
    "cannot install units: there is no systemd here. Have cron run the job: without the option " +
      "a line for it is printed last.",
    "no-systemd",
  );
}

/** Another job's unit would be replaced, and that job never run again: the first line says whose. */
function refuseForeign(path: string, text: string): void {
  const ownerOf = (unit: string) => unit.split("\n", 1)[0];
  if (!existsSync(path) || ownerOf(readFileSync(path, "utf8")) === ownerOf(text)) return;
  throw new EnvironmentError(
    `cannot write ${
      printable(path)
    }: it is there already, and of another job or by another hand. ` +
      "Give this job another name, or remove that unit.",
    "unit-exists",
  );
}

/** What makes systemd see a timer, and start it. */
export function enableArgv(timer: string, root: string): (readonly string[])[] {
  return root === "/"
    ? [["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", timer]]
    : [["systemctl", `--root=${root}`, "enable", timer]];
}
