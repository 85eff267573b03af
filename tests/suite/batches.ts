/**
 * Which test files run together in one process.
 * @module
 */

/** Starting a process takes as long as a small test file: few files share one. */
const FILES_A_BATCH = 4;

/** Files that take minutes: each alone, and first, so that none is left over at the end. */
const SLOW =
  /(doc_examples|faults\/interrupted|checker\/bit_flips|faults\/broken_program)_test\.ts$/;

/** Batches of files, in the order in which they should begin. */
export function batchesOf(files: readonly string[]): string[][] {
  const slow = files.filter((file) => SLOW.test(file));
  const others = files.filter((file) => !SLOW.test(file));
  const batches: string[][] = slow.map((file) => [file]);
  for (let i = 0; i < others.length; i += FILES_A_BATCH) {
    batches.push(others.slice(i, i + FILES_A_BATCH));
  }
  return batches;
}
