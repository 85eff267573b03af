/**
 * The order in which a catalogue and the indexes it is made of hold their folders: a folder, then
 * all below it, by the bytes of names.
 * @module
 */

const SLASH = 0x2f;

/**
 * Compares two paths name by name: that of a folder stands right before those of all below it.
 * Bytes alone would put `a-b` between `a` and `a/b`.
 */
export function comparePaths(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return rank(a[i]!) - rank(b[i]!);
  }
  return a.length - b.length;
}

/** A slash ends a name, as the end of the path does: no byte of a name stands before it. */
function rank(byte: number): number {
  return byte === SLASH ? -1 : byte;
}

/** Whether `path` lies below a folder, or is it. */
export function isWithin(path: Uint8Array, folder: Uint8Array): boolean {
  if (folder.length === 0) return true;
  if (path.length < folder.length) return false;
  if (path.length > folder.length && path[folder.length] !== SLASH) return false;
  for (let i = 0; i < folder.length; i++) {
    if (path[i] !== folder[i]) return false;
  }
  return true;
}
