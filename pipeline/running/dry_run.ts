/**
 * What a build would do, found without writing anything.
 * @module
 */

import { ReleaseError } from "../build_errors.ts";
import { plannedImage } from "../image.ts";
import { interruptionOf, throwIfAborted } from "../interruption.ts";
import type { Machine } from "../machine.ts";
import type { PlacedStep } from "../placed_step.ts";
import type { Step } from "../step.ts";
import { attended } from "./attended.ts";
import type { ReadyStep } from "./check.ts";
import { checkedSteps } from "./checked_steps.ts";
import { previewContextOf, type SharedState } from "./preview_context.ts";
import { Releases } from "./releases.ts";
import type { BuildRequest } from "./run.ts";

/** The plan of a build, as data. */
export interface DryRun {
  /** Absolute paths of the sources. */
  readonly sources: readonly string[];
  /** Absolute path of the image, or `-` for stdout. */
  readonly output: string;
  /** The steps in order. */
  readonly steps: readonly {
    /** Its name. */
    readonly name: string;
    /** One line: what it does. */
    readonly summary: string;
    /** What is known of what it would do. */
    readonly facts: Awaited<ReturnType<NonNullable<Step["preview"]>>>;
  }[];
}

type PlannedStep = DryRun["steps"][number];

/** Checks everything and asks each step what it would do. @throws as a build does before it runs. */
export async function dryRun(
  placed: readonly PlacedStep[],
  request: BuildRequest,
  machine: Machine,
): Promise<DryRun> {
  const { sources, output } = request;
  const force = request.force === true;
  const signal = request.signal ?? new AbortController().signal;
  const emit = request.emit ?? (() => {});
  const state: SharedState = { sources, output, force, signal, emit, source: undefined };
  const releases = new Releases(signal);
  releases.defer(() => state.source?.close());
  let steps: PlannedStep[];
  try {
    const defer: Releases["defer"] = (release) => releases.defer(release);
    const ready = await checkedSteps(placed, { ...state, defer }, machine);
    machine.checkOutput(output, force);
    steps = await previewAll(ready, state);
  } catch (error) {
    const cause = signal.aborted ? interruptionOf(signal) : error;
    const { errors } = await releases.run("failed");
    throw errors.length === 0 ? cause : new ReleaseError(errors, { cause });
  }
  const { errors } = await releases.run("succeeded");
  if (errors.length > 0) throw new ReleaseError(errors);
  return { sources, output, steps };
}

async function previewAll(ready: readonly ReadyStep[], state: SharedState): Promise<PlannedStep[]> {
  const image = plannedImage(state.output, state.output, state.sources);
  const steps: PlannedStep[] = [];
  for (const each of ready) {
    const { name, summary = "" } = each.step;
    throwIfAborted(state.signal);
    const preview = each.step.preview?.(image, previewContextOf(each, state));
    const facts = await attended(preview, state.signal) ?? [];
    steps.push({ name, summary, facts });
  }
  return steps;
}
