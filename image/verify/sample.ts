/**
 * A random part of the files of an image: whole files, of a given share or size.
 * @module
 */

/** How much is wanted. */
export type SampleSize =
  | { readonly kind: "share"; /** Above 0, up to 1. */ readonly share: number }
  | { readonly kind: "bytes"; readonly sizeBytes: number };

/** A file that may be chosen. */
export interface SampledFile {
  readonly inode: number;
  readonly sizeBytes: number;
}

/**
 * Chooses files at random until they have the size that is wanted; at least one.
 * @param seed the same seed chooses the same files
 */
export function sampleOf<F extends SampledFile>(
  files: readonly F[],
  size: SampleSize,
  seed: number,
): F[] {
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const wantedBytes = size.kind === "bytes" ? size.sizeBytes : size.share * totalBytes;
  const random = randomNumbers(seed);
  const rest = [...files];
  const chosen: F[] = [];
  let chosenBytes = 0;
  while (rest.length > 0 && (chosen.length === 0 || chosenBytes < wantedBytes)) {
    const at = Math.floor(random() * rest.length);
    const file = rest[at]!;
    rest[at] = rest.at(-1)!;
    rest.pop();
    chosen.push(file);
    chosenBytes += file.sizeBytes;
  }
  return chosen.sort((a, b) => a.inode - b.inode);
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
