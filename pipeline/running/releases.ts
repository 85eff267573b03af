/**
 * Everything a build must undo, undone in reverse order.
 * @module
 */

import type { Release, TakeBack } from "../step.ts";
import { attended } from "./attended.ts";

/** A stack of releases. */
export class Releases {
  readonly #stack: { readonly release: TakeBack; readonly always: boolean }[] = [];

  /** @param signal Aborted, it ends the waiting for a release that does not end. */
  constructor(private readonly signal: AbortSignal) {}

  /** Registers a release; the last registered runs first. */
  defer(release: Release): void {
    this.#stack.push({ release, always: true });
  }

  /** Registers one that is run only when the build fails. */
  onFailure(takeBack: TakeBack): void {
    this.#stack.push({ release: takeBack, always: false });
  }

  /** Runs and forgets all releases. @returns What they threw, and what they could not take back. */
  async run(
    outcome: "succeeded" | "failed",
  ): Promise<{ readonly errors: readonly unknown[]; readonly left: readonly string[] }> {
    const errors: unknown[] = [];
    const left: string[] = [];
    for (let each = this.#stack.pop(); each !== undefined; each = this.#stack.pop()) {
      if (outcome === "succeeded" && !each.always) continue;
      try {
        left.push(...await attended(each.release(), this.signal) ?? []);
      } catch (error) {
        errors.push(error);
      }
    }
    return { errors, left };
  }
}
