/**
 * Starts the streaming form of a step.
 * @module
 */

import type { ByteStage } from "../byte_stage.ts";
import type { StepContext, StreamStart } from "../step.ts";
import type { ReadyStep } from "./check.ts";
import { namedError } from "./stream_flow.ts";

/** Starts a stage and holds it to the contract. @throws StepError */
export async function startStage(
  { step }: ReadyStep,
  start: StreamStart,
  context: StepContext,
): Promise<ByteStage> {
  try {
    const stage = await step.stream!(start, context);
    const isTransform = stage.transform !== undefined;
    if (isTransform !== (stage.sink !== undefined)) {
      if (isTransform || step.transforms !== true) return stage;
      throw new TypeError("it declares transforms: true, and its streaming form has a sink.");
    }
    const what = isTransform ? "both a transform and a sink" : "neither a transform nor a sink";
    throw new TypeError(`its streaming form has ${what}. Return one of them.`);
  } catch (error) {
    throw namedError(step.name, error);
  }
}
