/**
 * Whether a list of names is the one that a plan was made with.
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { Breather } from "../../host/breathe.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { ScratchFile } from "../files/scratch.ts";
import type { PlannedVolume } from "./plan.ts";

const PIECE_BYTES = 1 << 20;

/**
 * Reads the stretches of some volumes of a plan, where there is a list.
 * @throws UsageError `other-names`; the signal's reason
 */
export async function requireNames(
  path: string,
  volumes: readonly PlannedVolume[],
  signal: AbortSignal,
): Promise<void> {
  if (!existsSync(path)) return;
  const file = ScratchFile.open(path, "r");
  try {
    for (const volume of volumes) await requireNamesOf(file, volume, path, signal);
  } finally {
    file.close();
  }
}

/**
 * Reads a volume's stretch of the list.
 * @throws UsageError `other-names`; the signal's reason
 */
export async function requireNamesOf(
  file: ScratchFile,
  { name, names: [start, end], namesDigest }: PlannedVolume,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const breather = new Breather(signal);
  const hash = createHash("sha256");
  const piece = new Uint8Array(Math.min(PIECE_BYTES, end - start));
  // What is too short is seen before a long way to its end.
  let at = file.sizeBytes < end ? end : start;
  while (at < end) {
    if (breather.due) await breather.pause();
    const count = file.read(piece.subarray(0, Math.min(piece.length, end - at)), at);
    if (count === 0) break;
    hash.update(piece.subarray(0, count));
    at += count;
  }
  if (hash.digest("hex") === namesDigest) return;
  throw new UsageError(
    `cannot use ${printable(path)}: its names of ${printable(name)} are not those that the plan ` +
      "was made with. Bring back the list that was written with the plan, or remove this one: what " +
      "has gone since is then counted, and not named.",
    "other-names",
  );
}
