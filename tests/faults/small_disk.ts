/**
 * A disk of a lab that is soon full, or otherwise restricted.
 * @module
 */

import { mkdirSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import type { Lab } from "./lab.ts";

/** Mounts a disk of its own at a folder of a lab, which unmounts it. @param options of tmpfs */
export function mountDisk(lab: Lab, options: string, name = "disk"): void {
  mkdirSync(lab.at(name), { recursive: true });
  output("mount", ["-t", "tmpfs", "-o", options, "icecore-test", lab.at(name)]);
}
