/**
 * Whether an object is there.
 * @module
 */

import type { Destination } from "./destination.ts";
import type { Store } from "./store.ts";
import { factsOf } from "./store_errors.ts";
import { lookAt } from "./stored_object.ts";

/** @returns Also `false` where one may write but not look: the store then refuses in the end. */
export async function objectExists(
  store: Store,
  to: Destination,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await lookAt(store, to, signal);
    return true;
  } catch (error) {
    const { status } = factsOf(error);
    if (status === 404 || status === 403) return false;
    throw error;
  }
}
