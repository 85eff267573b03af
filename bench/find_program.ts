/**
 * Whether a program is installed.
 * @module
 */

import { existsSync } from "node:fs";
import process from "node:process";

/** Whether `program` lies on `PATH` or in a folder for administrators. */
export function findProgram(program: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(`${folder}/${program}`));
}
