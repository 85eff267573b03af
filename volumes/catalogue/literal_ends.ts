/**
 * What a name must begin and end with to match a glob, whatever else the glob says: SQLite then
 * passes over most names, and the glob itself judges the rest.
 * @module
 */

/** The ends of all names that match; each may be empty. */
export interface LiteralEnds {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
}

const encoder = new TextEncoder();

/** The ends of a glob for one name. Only letters, digits and a few others stand for themselves. */
export function literalEnds(glob: string): LiteralEnds {
  const prefix = /^[\w .-]*/.exec(glob)![0];
  const suffix = /[\w .-]*$/.exec(glob)![0];
  // A character behind a backslash stands for itself as well.
  return { prefix: encoder.encode(prefix), suffix: encoder.encode(suffix) };
}
