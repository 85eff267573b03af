/**
 * Announces to the steps of a build how it ended.
 * @module
 */

import { StepError } from "../build_errors.ts";
import type { EventSink } from "../events.ts";
import type { CheckContext, EndContext, Outcome } from "../step.ts";
import { attended } from "./attended.ts";
import type { ReadyStep } from "./check.ts";

/** What all steps of the build share. */
export type Ending = Omit<CheckContext, "options"> & { readonly emit: EventSink };

/**
 * Calls `ended` of each step that has one, also when one of them fails.
 *
 * @returns What they threw, each with its step.
 */
export async function announceEnd(
  ready: readonly ReadyStep[],
  outcome: Outcome,
  ending: Ending,
): Promise<StepError[]> {
  const errors: StepError[] = [];
  // The step that hashes may stand in the list twice.
  const once = new Map(ready.map((each) => [each.step, each]));
  for (const { step, options } of once.values()) {
    try {
      const context: EndContext = {
        ...ending,
        options,
        emit: (event) => ending.emit({ ...event, step: step.name }),
      };
      await attended(step.ended?.(outcome, context), ending.signal);
    } catch (error) {
      errors.push(new StepError(step.name, error));
    }
  }
  return errors;
}
