/**
 * What a build would do, found without writing anything.
 * @module
 */

import { checkSteps } from "./check.ts";
import { type BuildState, contextOf } from "./context.ts";
import { plannedImage } from "./image.ts";
import type { Machine } from "./machine.ts";
import type { PlacedStep } from "./placed_step.ts";
import { Releases } from "./releases.ts";
import type { BuildRequest } from "./run.ts";
import type { Fact } from "./step.ts";

/** A step of a dry run. */
export interface PlannedStep {
  /** Its name. */
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** What is known of what it would do. */
  readonly facts: readonly Fact[];
}

/** The plan of a build, as data. */
export interface DryRun {
  /** Absolute paths of the sources. */
  readonly sources: readonly string[];
  /** Absolute path of the image, or `-` for stdout. */
  readonly output: string;
  /** The steps in order. */
  readonly steps: readonly PlannedStep[];
}

/** Checks everything and asks each step what it would do. @throws as a build does before it runs. */
export async function dryRun(
  placed: readonly PlacedStep[],
  request: BuildRequest,
  machine: Machine,
): Promise<DryRun> {
  const { sources, output } = request;
  const force = request.force === true;
  const signal = request.signal ?? new AbortController().signal;
  const releases = new Releases();
  const state: BuildState = {
    sources,
    output,
    force,
    signal,
    emit: request.emit ?? (() => {}),
    workdir: "",
    record: () => {},
    releases,
    shell: undefined,
    source: undefined,
  };
  releases.defer(() => state.source?.close());
  try {
    const ready = checkSteps(placed, request.output, machine);
    for (const { step, options } of ready) {
      await step.check?.({ sources, output, force, options, signal });
    }
    const image = plannedImage(output, output);
    const steps: PlannedStep[] = [];
    for (const each of ready) {
      signal.throwIfAborted();
      const facts = await each.step.preview?.(image, contextOf(each, state)) ?? [];
      steps.push({ name: each.step.name, summary: each.step.summary ?? "", facts });
    }
    return { sources, output, steps };
  } finally {
    await releases.run("succeeded");
  }
}
