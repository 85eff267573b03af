/**
 * Makes the context that a step is run with.
 * @module
 */

import type { ReadyStep } from "./check.ts";
import type { EventSink, StepEvent } from "./events.ts";
import type { Releases } from "./releases.ts";
import type { ScannedSource, Shell, StepContext } from "./step.ts";

/** What all steps of one build share. */
export interface BuildState {
  readonly sources: readonly string[];
  readonly output: string;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
  readonly workdir: string;
  readonly releases: Releases;
  /** Loaded only when a step may use it. */
  readonly shell: Shell | undefined;
  source: ScannedSource | undefined;
}

/** The context of one step. */
export function contextOf(
  { step, options }: ReadyStep,
  state: BuildState,
  listeners: Pick<StepContext, "tap" | "announceSize"> = {},
): StepContext {
  return {
    ...listeners,
    sources: state.sources,
    output: state.output,
    force: state.force,
    options,
    signal: state.signal,
    workdir: state.workdir,
    get $(): Shell {
      if (state.shell !== undefined) return state.shell;
      throw new Error(
        `cannot use $ in step ${step.name}: it declares shell: false. Remove that line.`,
      );
    },
    get source() {
      return state.source;
    },
    get tree() {
      return state.source?.tree;
    },
    emit(event: StepEvent) {
      state.emit({ ...event, step: step.name });
    },
    defer(release) {
      state.releases.defer(release);
    },
    onFailure(release) {
      state.releases.onFailure(release);
    },
    provideSource(source) {
      state.source = source;
    },
  };
}
