/**
 * The order of names.
 * @module
 */

/** Order by bytes, as `memcmp` and `LC_ALL=C ls` have it: a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
