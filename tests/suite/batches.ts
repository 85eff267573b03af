/**
 * Which test files run together in one process.
 * @module
 */

/** Starting a process takes as long as a small test file: few files share one. */
const FILES_A_BATCH = 4;

/** Files that take minutes: each alone, and first, so that none is left over at the end. */
const SLOW = [
  ...["docs/doc_examples", "faults/injected", "faults/interrupted", "faults/broken_program"],
  ...["ext4/checker/bit_flips", "oracle/property", "oracle/large_files", "oracle/reader_kernel"],
  "oracle/reader_hostile",
].map((name) => `/${name}_test.ts`);

/** Batches of files, in the order in which they should begin. */
export function batchesOf(files: readonly string[]): string[][] {
  const isSlow = (file: string) => SLOW.some((end) => file.endsWith(end));
  const slow = files.filter(isSlow);
  const others = files.filter((file) => !isSlow(file));
  const batches: string[][] = slow.map((file) => [file]);
  for (let i = 0; i < others.length; i += FILES_A_BATCH) {
    batches.push(others.slice(i, i + FILES_A_BATCH));
  }
  return batches;
}
