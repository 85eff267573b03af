/**
 * The steps of a pipeline, checked: by what they declare, and by what they look for themselves.
 * @module
 */

import { withDigestsRenewed } from "../digests.ts";
import { throwIfAborted } from "../interruption.ts";
import type { Machine } from "../machine.ts";
import type { PlacedStep } from "../placed_step.ts";
import type { CheckContext, StepContext } from "../step.ts";
import { attended } from "./attended.ts";
import { checkSteps, type ReadyStep } from "./check.ts";
import { checkPlaces } from "./check_chain.ts";

/**
 * Looks for reasons why they could not work, before anything is written.
 *
 * @param onReady Receives the steps before their own checks, which may fail.
 * @throws what is found; InterruptedError
 */
export async function checkedSteps(
  placed: readonly PlacedStep[],
  shared: Omit<CheckContext, "options"> & Pick<StepContext, "defer">,
  machine: Machine,
  onReady: (ready: readonly ReadyStep[]) => void = () => {},
): Promise<readonly ReadyStep[]> {
  const { sources, output, force, signal, defer } = shared;
  const ready = withDigestsRenewed(checkSteps(placed, shared, machine));
  onReady(ready);
  for (const { step, options } of ready) {
    throwIfAborted(signal);
    await attended(step.check?.({ sources, output, force, options, signal, defer }), signal);
  }
  checkPlaces(ready.map(({ step }) => step), output);
  return ready;
}
