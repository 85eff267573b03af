/**
 * Makes the context that a step is run with.
 * @module
 */

import { UsageError } from "../build_errors.ts";
import type { Release, Shell, StepContext, TakeBack } from "../step.ts";
import type { ReadyStep } from "./check.ts";
import { sharedContextOf, type SharedState } from "./preview_context.ts";
import type { Releases } from "./releases.ts";

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
    get fileMode(): number {
      return state.source?.isPublic === true ? 0o666 : 0o600;
    },
    get $(): Shell {
      if (state.shell !== undefined) return state.shell;
      throw new Error(`cannot use $ in step ${name}: it declares shell: false. Remove that line.`);
    },
    beside: (each: string) => beside(each, state),
    defer: (release: Release) => state.releases.defer(release),
    onFailure: (takeBack: TakeBack) => state.releases.onFailure(takeBack),
  });
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
