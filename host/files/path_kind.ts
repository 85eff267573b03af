/**
 * What a word names on this machine, where a hint goes by it.
 * @module
 */

import { statSync } from "node:fs";

/** `undefined` also for what cannot be looked at: a hint is no place to fail. */
export function pathKind(path: string): "folder" | "file" | "other" | undefined {
  try {
    const status = statSync(path);
    return status.isDirectory() ? "folder" : status.isFile() ? "file" : "other";
  } catch {
    return undefined;
  }
}
