/**
 * Runs the driver of this folder in a lab.
 * @module
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { type Ended, ended, type Lab, start } from "../faults/lab.ts";

/** Runs `driver.ts WHEN WHAT [OUTPUT]` to its end. */
export function drive(lab: Lab, ...args: string[]): Promise<Ended> {
  return driveWith([], lab, ...args);
}

/** The same, started by another program, e.g. `setpriv`. */
export function driveWith(
  wrapper: readonly string[],
  lab: Lab,
  ...args: string[]
): Promise<Ended> {
  const driver = new URL("./driver.ts", import.meta.url).pathname;
  const argv = [
    Deno.execPath(),
    "run",
    "--allow-all",
    "--no-check",
    driver,
    ...args,
  ];
  return ended(start(lab, [...wrapper, ...argv]));
}

/** Puts a file of a few hundred megabytes into the source, so that packing takes a while. */
export function addLargeFile(lab: Lab, sizeBytes = 300 * 2 ** 20): void {
  const fd = openSync(lab.at("source/large"), "w");
  const piece = new Uint8Array(2 ** 20).fill(0xa5);
  try {
    for (let done = 0; done < sizeBytes; done += piece.length) {
      writeSync(fd, piece);
    }
  } finally {
    closeSync(fd);
  }
}
