/**
 * Everything a build must undo, undone in reverse order.
 * @module
 */

import type { Release } from "./step.ts";

/** A stack of releases. */
export class Releases {
  readonly #stack: Release[] = [];

  /** Registers a release; the last registered runs first. */
  defer(release: Release): void {
    this.#stack.push(release);
  }

  /** Runs and forgets all releases; returns what they threw. */
  async run(): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (let release = this.#stack.pop(); release !== undefined; release = this.#stack.pop()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}
