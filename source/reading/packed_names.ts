/**
 * Names back to back, each with its NUL: many of them are posted as one array.
 * @module
 */

/** Packs names that end in a NUL. */
export function packNames(cNames: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(cNames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const cName of cNames) {
    packed.set(cName, at);
    at += cName.length;
  }
  return packed;
}

/** The names with their NUL, as views. */
export function unpackNames(packed: Uint8Array): Uint8Array[] {
  const cNames: Uint8Array[] = [];
  for (let start = 0; start < packed.length;) {
    const end = packed.indexOf(0, start) + 1;
    cNames.push(packed.subarray(start, end));
    start = end;
  }
  return cNames;
}
