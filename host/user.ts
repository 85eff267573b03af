/**
 * Who runs the program.
 * @module
 */

import process from "node:process";

/** Whether it is root, whom no permission stops. */
export function isRoot(): boolean {
  return process.geteuid!() === 0;
}
