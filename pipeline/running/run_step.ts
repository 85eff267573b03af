/**
 * Runs one step and holds it to what it declares.
 * @module
 */

import { StepError } from "../build_errors.ts";
import type { EventSink } from "../events.ts";
import type { Artifact, Image } from "../image.ts";
import type { Machine, Stamp } from "../machine.ts";
import { attended } from "./attended.ts";
import type { ReadyStep } from "./check.ts";

/** What a step does when it is its turn. */
export type StepWork = (image: Image) => Promise<Image | void> | Image | void;

/** What a step is run in. */
interface Surroundings {
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  readonly machine: Machine;
}

/**
 * Runs a step.
 *
 * @param work What the step does: its `run`, or the end of its streaming form.
 * @returns The image it leaves; digests are dropped when the step declares that it changes it.
 * @throws StepError when it throws, returns no image record, or changes a finished or hashed image
 * without declaring it.
 */
export async function runStep(
  { step }: ReadyStep,
  index: number,
  countSteps: number,
  image: Image,
  work: StepWork,
  { emit, signal, machine }: Surroundings,
): Promise<Image> {
  emit({ type: "step-started", step: step.name, index, countSteps });
  const startMs = machine.nowMs();
  try {
    const finished = image.phase === "sealed" || Object.keys(image.digests).length > 0;
    const guarded = finished && step.changes !== true && image.path !== "-";
    const before = guarded ? machine.stamp(image.path) : undefined;
    const returned = await attended(work(image), signal);
    checkReturned(returned);
    if (guarded && isWritten(before, machine.stamp(image.path))) {
      throw new Error(
        "it changed the image without saying so. Add changes: true to the step, " +
          "so that the digest is computed again.",
      );
    }
    const next = settled(returned ?? image, image, step.leaves, step.changes === true);
    const seconds = (machine.nowMs() - startMs) / 1000;
    emit({ type: "step-finished", step: step.name, seconds, sizeBytes: next.sizeBytes });
    return next;
  } catch (error) {
    // A step that is fed while this one runs fails under its own name.
    throw error instanceof StepError ? error : new StepError(step.name, error);
  }
}

/**
 * Whether a file was written in between. Who writes can put the modification time back, but not the
 * change time; that is moved as well by a new link, mode or owner, which can be seen.
 */
function isWritten(before: Stamp | undefined, after: Stamp | undefined): boolean {
  return before?.contents !== after?.contents ||
    before?.touched !== after?.touched && before?.attributes === after?.attributes;
}

function checkReturned(returned: unknown): void {
  if (returned === undefined) return;
  if (!isImage(returned)) {
    throw new TypeError(
      "it returned something that is not an image. Return { ...image, … }, or nothing.",
    );
  }
  const wrong = returned.artifacts.find((artifact) => !isArtifact(artifact));
  if (wrong === undefined) return;
  throw new TypeError(
    `it returned an invalid artifact: ${JSON.stringify(wrong)}. Give it the texts kind, path, ` +
      "where it is now, and finalPath, where it is to lie.",
  );
}

function isArtifact(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { kind, path, finalPath } = value as Partial<Artifact>;
  return [kind, path, finalPath].every((each) => typeof each === "string");
}

function isImage(value: unknown): value is Image {
  if (typeof value !== "object" || value === null) return false;
  const { path, finalPath, sizeBytes, digests, artifacts, report } = value as Partial<Image>;
  return typeof path === "string" && typeof finalPath === "string" &&
    typeof sizeBytes === "number" && typeof digests === "object" && digests !== null &&
    Array.isArray(artifacts) && Array.isArray(report?.problems);
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
