/**
 * Which parts of a file that was split are not what the manifest says.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { SliceSource } from "../stored/slice_source.ts";
import type { PartsSource } from "../stored/split/parts_source.ts";
import { digestHere } from "./digest_here.ts";

/**
 * Digests each part, and names those that are damaged or in another's place.
 *
 * @returns Sentences; none where it is not a file that was split, or has no manifest.
 */
export async function wrongParts(
  source: PartsSource | undefined,
  signal: AbortSignal,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<string[]> {
  const manifest = source?.about.manifest;
  if (source === undefined || manifest === undefined) return [];
  const { parts } = manifest;
  let start = 0;
  const wrong: string[] = [];
  for (const { name, sizeBytes, sha512 } of parts) {
    const from = start;
    const slice = new SliceSource(source, "part", from, sizeBytes);
    const progress = (done: number) => onProgress(from + done, source.sizeBytes);
    const digest = await digestHere(slice, "sha512", signal, progress);
    start += sizeBytes;
    if (digest === sha512) continue;
    const other = parts.find((part) => part.sha512 === digest);
    wrong.push(
      other === undefined
        ? `${printable(name)} is damaged: its SHA-512 is not the one in the manifest`
        : `${printable(name)} is in the wrong place: it is what ${printable(other.name)} should be`,
    );
  }
  return wrong;
}
