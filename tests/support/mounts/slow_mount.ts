/**
 * A folder seen through a file system that takes its time, or never answers.
 * @module
 */

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { output } from "../programs/oracles.ts";
import { mounted } from "./faulty_mount.ts";

/** A test that takes longer has got stuck. */
const MOST_MS = 120_000;

const SOURCE = fileURLToPath(new URL("../../../bench/slow_fs.c", import.meta.url));

/**
 * Shows the folder `real` as `slow` for the time of `use`. What needs it: `FAULTY`.
 *
 * @param delayUs By how much each operation takes longer.
 * @param hangs Operations that are never answered, as `slow_fs.c` describes them: `read:/file`.
 */
export async function withSlow(
  folder: string,
  delayUs: number,
  hangs: readonly string[],
  use: (slow: string) => void | Promise<void>,
): Promise<void> {
  const [program, slow] = [`${folder}/slow_fs`, `${folder}/slow`];
  mkdirSync(slow, { recursive: true });
  const argv = ["-O1", "-D_FILE_OFFSET_BITS=64", SOURCE, "-lfuse3", "-o", program];
  output("gcc", ["-I/usr/include/fuse3", ...argv]);
  const child = new Deno.Command(program, {
    args: [`${folder}/real`, slow, String(delayUs), ...hangs],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  // What hangs is answered by the end of the program alone, also where a test waits for it.
  const guard = setTimeout(() => child.kill("SIGKILL"), MOST_MS);
  try {
    await mounted(slow);
    await use(slow);
  } finally {
    clearTimeout(guard);
    try {
      child.kill("SIGKILL");
    } catch {
      // The guard was faster.
    }
    await child.status;
    output("umount", ["--lazy", slow]);
  }
}
