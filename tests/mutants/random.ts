/**
 * Numbers that look random and follow from a seed, so that a mutant can be made again.
 * @module
 */

/** A stream of numbers. */
export class Random {
  #state: number;

  /** @param seed any whole number; each gives another stream */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to 2^32 - 1 (mulberry32). */
  word(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to `end` - 1. */
  below(end: number): number {
    return Math.floor(this.word() / 0x1_0000_0000 * end);
  }

  /** Whether something with this probability happens. */
  happens(probability: number): boolean {
    return this.word() / 0x1_0000_0000 < probability;
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}
