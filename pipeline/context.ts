/**
 * Makes the context that a step is run with.
 * @module
 */

import type { ReadyStep } from "./check.ts";
import { UsageError } from "./errors.ts";
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
  /** Writes down what is to be removed when the build ends, however it ends. */
  readonly record: (path: string) => void;
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
    beside: (name) => beside(name, state),
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

function beside(name: string, { output, record }: BuildState): string {
  if (output === "-") {
    throw new UsageError(
      `cannot write ${name}: the image goes to stdout, and there is no place beside it. ` +
        "Name a file with -o.",
      "no-file",
    );
  }
  const path = `${output.slice(0, output.lastIndexOf("/") + 1)}${name}.partial`;
  record(path);
  return path;
}
