/**
 * Makes the context that a step is run with, or asked what it would do.
 * @module
 */

import type { ReadyStep } from "./check.ts";
import { UsageError } from "./errors.ts";
import type { EventSink, StepEvent } from "./events.ts";
import type { Releases } from "./releases.ts";
import type {
  PreviewContext,
  Release,
  ScannedSource,
  Shell,
  StepContext,
  TakeBack,
} from "./step.ts";

/** What all steps of one run share, whether it builds or only tells what would be done. */
export interface SharedState {
  readonly sources: readonly string[];
  readonly output: string;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
  source: ScannedSource | undefined;
}

/** What all steps of one build share. */
export interface BuildState extends SharedState {
  readonly digestAlgorithm: string;
  readonly workdir: string;
  /** Writes down what is to be removed when the build ends, however it ends. */
  readonly record: (path: string) => void;
  readonly releases: Releases;
  /** Loaded only when a step may use it. */
  readonly shell: Shell | undefined;
}

/** The context of one step. */
export function contextOf(
  ready: ReadyStep,
  state: BuildState,
  listeners: Pick<StepContext, "tap" | "announceSize"> = {},
): StepContext {
  const { name } = ready.step;
  return extended(sharedContextOf(ready, state), {
    ...listeners,
    digestAlgorithm: state.digestAlgorithm,
    workdir: state.workdir,
    get $(): Shell {
      if (state.shell !== undefined) return state.shell;
      throw new Error(`cannot use $ in step ${name}: it declares shell: false. Remove that line.`);
    },
    beside: (each: string) => beside(each, state),
    defer: (release: Release) => state.releases.defer(release),
    onFailure: (takeBack: TakeBack) => state.releases.onFailure(takeBack),
  });
}

/** What a step has while it runs, and not while it tells what it would do. */
const ONLY_RUNNING = ["$", "workdir", "beside", "defer", "onFailure"] as const;

/** The context of one step that only tells what it would do. */
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

function sharedContextOf({ step, options }: ReadyStep, state: SharedState): PreviewContext {
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

/** With further members; getters stay getters. */
function extended<A extends object, B extends object>(base: A, more: B): A & B {
  return Object.defineProperties(base, Object.getOwnPropertyDescriptors(more)) as A & B;
}

function beside(name: string, { output, record }: BuildState): string {
  if (output === "-") {
    throw new UsageError(
      `cannot write ${name}: the image goes to stdout, and there is no place beside it. ` +
        "Name a file.",
      "no-file",
    );
  }
  const path = `${output.slice(0, output.lastIndexOf("/") + 1)}${name}.partial`;
  record(path);
  return path;
}
