/**
 * What this process has open.
 * @module
 */

import { readdirSync, readlinkSync } from "node:fs";

/** Files of a folder that are open, one as often as it is. */
export function openIn(folder: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(`${folder}/`) ? [target] : [];
    } catch {
      // That of the listing itself.
      return [];
    }
  });
}
