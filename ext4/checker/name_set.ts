/**
 * Finds out whether a name was there before, by a number for each; strings are made only in doubt.
 * @module
 */

/** Names of one folder that are compared with each other. */
const MAX_NAMES = 200_000;
const FNV_OFFSET = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;

/** The names of one folder, or of one leaf of its index. */
export class NameSet {
  readonly #hashes = new Map<number, NameAt>();
  /** Names whose hash another name has too. */
  readonly #doubtful = new Set<string>();

  /**
   * Adds a name; the bytes are referred to, not copied.
   * @returns whether it was new
   */
  add(bytes: Uint8Array, at: number, length: number): boolean {
    if (this.#hashes.size >= MAX_NAMES) return true;
    let hash = FNV_OFFSET;
    for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
    const other = this.#hashes.get(hash);
    if (other === undefined) {
      this.#hashes.set(hash, { bytes, at, length });
      return true;
    }
    this.#doubtful.add(latin1(other.bytes, other.at, other.length));
    const before = this.#doubtful.size;
    return this.#doubtful.add(latin1(bytes, at, length)).size > before;
  }

  /** Forgets all. */
  clear(): void {
    this.#hashes.clear();
    this.#doubtful.clear();
  }
}

interface NameAt {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  let text = "";
  for (let i = at; i < at + length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
