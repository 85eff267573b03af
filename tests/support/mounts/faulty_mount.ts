/**
 * A folder seen through a file system that fails where it is asked to.
 * @module
 */

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { output } from "../programs/oracles.ts";
import type { Requirements } from "../programs/requirements.ts";

/** What it needs. */
export const FAULTY: Requirements = {
  programs: ["gcc"],
  files: ["/usr/include/fuse3/fuse.h", "/dev/fuse"],
  root: true,
};

/** Numbers of errors, as rules name them. */
export const FAULT = { EIO: 5, EACCES: 13, EINVAL: 22, EOVERFLOW: 75, ENOTSUP: 95, ESTALE: 116 };

const SOURCE = fileURLToPath(new URL("./faulty_fs.c", import.meta.url));

/**
 * Shows the folder `real` as `faulty` for the time of `use`.
 *
 * @param rules As `faulty_fs.c` describes them, e.g. `listxattr:/f:5`.
 */
export async function withFaults(
  folder: string,
  rules: readonly string[],
  use: (faulty: string) => void | Promise<void>,
): Promise<void> {
  const [program, faulty] = [`${folder}/faulty_fs`, `${folder}/faulty`];
  mkdirSync(faulty, { recursive: true });
  const argv = ["-O1", "-D_FILE_OFFSET_BITS=64", SOURCE, "-lfuse3", "-o", program];
  output("gcc", ["-I/usr/include/fuse3", ...argv]);
  const child = new Deno.Command(program, {
    args: [`${folder}/real`, faulty, ...rules],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  try {
    await mounted(faulty);
    await use(faulty);
  } finally {
    output("umount", ["--lazy", faulty]);
    child.kill("SIGKILL");
    await child.status;
  }
}

/** Waits until something is mounted at a folder. */
export async function mounted(folder: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (readFileSync("/proc/self/mountinfo", "utf8").includes(` ${folder} `)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${folder} is not mounted`);
}
