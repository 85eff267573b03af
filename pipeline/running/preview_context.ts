/**
 * Makes the context that a step is asked with what it would do: that part of the context of a
 * running step by which nothing can be written.
 * @module
 */

import type { EventSink } from "../events.ts";
import type { PreviewContext, ScannedSource, StepEvent } from "../step.ts";
import type { ReadyStep } from "./check.ts";

/** What all steps of one run share, whether it builds or only previews. */
export interface SharedState {
  readonly sources: readonly string[];
  readonly output: string;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
  source: ScannedSource | undefined;
}

/** What a step has while it runs, but not in a preview. */
const ONLY_RUNNING = ["$", "workdir", "beside", "defer", "onFailure"] as const;

/** The context of one step's preview. */
export function previewContextOf(ready: ReadyStep, state: SharedState): PreviewContext {
  const refusals = ONLY_RUNNING.map((name) => {
    const get = () => {
      throw new Error(
        `cannot use ${name} in the preview of step ${ready.step.name}: a preview runs nothing and ` +
          "writes nothing. Only read in it.",
      );
    };
    return [name, { get }] as const;
  });
  return Object.defineProperties(sharedContextOf(ready, state), Object.fromEntries(refusals));
}

/** What a step has while it runs and while it is asked. */
export function sharedContextOf({ step, options }: ReadyStep, state: SharedState): PreviewContext {
  const { sources, output, force, signal } = state;
  return {
    ...{ sources, output, force, options, signal },
    get source() {
      return state.source;
    },
    get tree() {
      return state.source?.tree;
    },
    emit(event: StepEvent) {
      state.emit({ ...event, step: step.name });
    },
    provideSource(source) {
      state.source = source;
    },
  };
}
