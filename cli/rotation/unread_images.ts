/**
 * Images that could not be looked at: they stay, they count for nothing, and nothing is built on
 * them. For a bad sector in one, tonight's backup is not given up; the end says it.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";
import { printable } from "../../host/libc/paths.ts";
import { messageOf } from "../../pipeline/build_errors.ts";

/** Those of a run. */
export class UnreadImages {
  readonly #errors = new Map<string, EnvironmentError>();

  /** @throws what is not a fault of the image or its disk */
  add(name: string, error: unknown, signal: AbortSignal | undefined): void {
    if (!(error instanceof EnvironmentError) || signal?.aborted === true) throw error;
    this.#errors.set(name, error);
  }

  /** To be called when all else is done. @throws EnvironmentError `unreadable` where there is one */
  conclude(): void {
    const [first] = this.#errors;
    if (first === undefined) return;
    const [name, error] = first;
    const more = this.#errors.size === 1 ? "" : `, and ${this.#errors.size - 1} more`;
    throw new EnvironmentError(
      `cannot verify ${printable(name)}${more} (all else was done): ${messageOf(error)}`,
      "unreadable",
      { cause: error },
    );
  }
}
