/**
 * A disk of its own, mounted for a while.
 * @module
 */

import { mkdirSync } from "node:fs";
import { output } from "../programs/oracles.ts";

/** Mounts a disk of its own at a folder for the time of `use`, whatever is left open on it. */
export async function withDisk(
  folder: string,
  options: string,
  use: () => void | Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  output("mount", ["-t", "tmpfs", "-o", options, "icecore-test", folder]);
  try {
    await use();
  } finally {
    output("umount", ["--lazy", folder]);
  }
}
