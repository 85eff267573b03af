/**
 * What a check has found, in bounded memory.
 * @module
 */

import { CorruptImageError, type ErrorFields } from "../image_errors.ts";
import { corrupt } from "../reader/corrupt.ts";
import type { Reading } from "../reader/reading.ts";

/** One thing that is wrong with an image. */
export interface Finding {
  /** Stable, kebab-case, e.g. `inode-checksum`. */
  readonly code: string;
  /** The kernel's name of the broken structure, e.g. `ext4_inode`. */
  readonly structure: string;
  readonly message: string;
  readonly inode?: number;
  readonly block?: number;
}

/** Collects findings; past a number of them they are only counted. */
export class Findings {
  readonly kept: Finding[] = [];
  count = 0;
  readonly #maxKept: number;

  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  /** Records a finding, in the words of the reader's errors. */
  report(code: string, structure: string, why: string, fields: ErrorFields = {}): void {
    this.add(corrupt(code, structure, why, fields));
  }

  /** Records what the reader threw. */
  add({ code, structure, message, fields }: CorruptImageError): void {
    this.count++;
    if (this.kept.length >= this.#maxKept) return;
    const { inode, block } = fields;
    this.kept.push({
      code,
      structure,
      message,
      ...(typeof inode === "number" ? { inode } : {}),
      ...(typeof block === "number" ? { block } : {}),
    });
  }

  /**
   * Runs a part of the check, and records a `CorruptImageError` that ends it.
   * @returns what it returned; `undefined` where it was ended
   */
  *attempt<T>(part: Reading<T>): Reading<T | undefined> {
    try {
      return yield* part;
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
      this.add(error);
      return undefined;
    }
  }
}
