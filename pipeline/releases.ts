/**
 * Everything a build must undo, undone in reverse order.
 * @module
 */

import type { Release } from "./step.ts";

/** A stack of releases. */
export class Releases {
  readonly #stack: { readonly release: Release; readonly always: boolean }[] = [];

  /** Registers a release; the last registered runs first. */
  defer(release: Release): void {
    this.#stack.push({ release, always: true });
  }

  /** Registers one that is run only when the build fails. */
  onFailure(release: Release): void {
    this.#stack.push({ release, always: false });
  }

  /** Runs and forgets all releases; returns what they threw. */
  async run(outcome: "succeeded" | "failed"): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (let each = this.#stack.pop(); each !== undefined; each = this.#stack.pop()) {
      if (outcome === "succeeded" && !each.always) continue;
      try {
        await each.release();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}
