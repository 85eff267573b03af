/**
 * Runs one step and holds it to what it declares.
 * @module
 */

import type { ReadyStep } from "./check.ts";
import { StepError } from "./errors.ts";
import type { EventSink } from "./events.ts";
import type { Image } from "./image.ts";
import type { Machine } from "./machine.ts";
import type { StepContext } from "./step.ts";

/**
 * Runs a step.
 *
 * @returns The image it leaves; digests are dropped when the step declares that it changes it.
 * @throws StepError when it throws, returns no image record, or changes a finished image without
 * declaring it.
 */
export async function runStep(
  { step }: ReadyStep,
  index: number,
  countSteps: number,
  image: Image,
  context: StepContext,
  { emit, machine }: { readonly emit: EventSink; readonly machine: Machine },
): Promise<Image> {
  emit({ type: "step-started", step: step.name, index, countSteps });
  const startMs = machine.nowMs();
  try {
    const guarded = image.phase === "sealed" && step.changes !== true && image.path !== "-";
    const before = guarded ? machine.stamp(image.path) : undefined;
    const returned = await step.run(image, context);
    checkReturned(returned);
    if (guarded && before !== machine.stamp(image.path)) {
      throw new Error(
        "it changed the image without saying so. Add changes: true to the step, " +
          "so that the digest is made anew.",
      );
    }
    const next = settled(returned ?? image, image, step.leaves, step.changes === true);
    const seconds = (machine.nowMs() - startMs) / 1000;
    emit({ type: "step-finished", step: step.name, seconds, sizeBytes: next.sizeBytes });
    return next;
  } catch (error) {
    throw new StepError(step.name, error);
  }
}

function checkReturned(returned: unknown): void {
  if (returned === undefined) return;
  const path = (returned as { path?: unknown } | null)?.path;
  if (typeof path !== "string") {
    throw new TypeError(
      "it returned something that is no image. Return { ...image, … }, or nothing.",
    );
  }
}

function settled(
  next: Image,
  previous: Image,
  leaves: Image["phase"] | undefined,
  changes: boolean,
): Image {
  const phase = leaves ?? previous.phase;
  const stale = changes && next.digests === previous.digests;
  if (next.phase === phase && !stale) return next;
  return { ...next, phase, digests: stale ? {} : next.digests };
}
