/**
 * Numbers of things, as people write them.
 * @module
 */

/**
 * How many there are of something.
 *
 * @param one What one of them is called; several have an s behind it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(counted(1, "file"), "1 file");
 * assert.equal(counted(2000, "more file"), "2,000 more files");
 * ```
 */
export function counted(count: number, one: string): string {
  return `${grouped(count)} ${one}${count === 1 ? "" : "s"}`;
}

/** Without `toLocaleString`, whose tables take longer to load than a small build to compare. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
