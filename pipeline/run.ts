/**
 * Runs the steps of a pipeline: checks, claims the output, runs, publishes, and undoes everything
 * that has to be undone, whatever happened.
 * @module
 */

import { checkSteps, type ReadyStep } from "./check.ts";
import type { BuildState } from "./context.ts";
import { type Ending, tellEnd } from "./ending.ts";
import {
  codeOf,
  InterruptedError,
  messageOf,
  ReleaseError,
  SourceError,
  StepError,
} from "./errors.ts";
import type { EventSink } from "./events.ts";
import { type Artifact, type Image, plannedImage } from "./image.ts";
import type { Machine, Output } from "./machine.ts";
import type { PlacedStep } from "./placed_step.ts";
import { isLoss } from "./problem.ts";
import { Releases } from "./releases.ts";
import { Feeder } from "./feeder.ts";
import { runStep } from "./run_step.ts";

/** What to build, and how. */
export interface BuildRequest {
  /**
   * Paths of folders, absolute or from the current folder on; `/.` at the end puts the contents at
   * the image's root.
   */
  readonly sources: readonly string[];
  /** Path of the image, absolute or from the current folder on; `-` for stdout. */
  readonly output: string;
  /** Replace an image that is there already. */
  readonly force?: boolean;
  /** Keep the partial image of a failed build. */
  readonly keep?: boolean;
  /** Fail, and leave no image, when a part of the source could not be read or changed. */
  readonly strict?: boolean;
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Is told how it goes. */
  readonly emit?: EventSink;
}

/** What came out. */
export interface BuildResult {
  /** The image at its final place. */
  readonly image: Image;
  /** Whether a part of the source could not be read or changed while it was read. */
  readonly lossy: boolean;
}

/**
 * Runs checked steps one after the other.
 *
 * @throws as `Pipeline.run` does.
 */
export async function runSteps(
  placed: readonly PlacedStep[],
  request: BuildRequest,
  machine: Machine,
): Promise<BuildResult> {
  const emit = request.emit ?? (() => {});
  const signal = request.signal ?? new AbortController().signal;
  const releases = new Releases();
  const current: { step?: string } = {};
  const startMs = machine.nowMs();
  const seconds = () => (machine.nowMs() - startMs) / 1000;
  const force = request.force === true;
  const ending = { sources: request.sources, output: request.output, force, signal, emit };
  let ready: readonly ReadyStep[] = [];
  let kept: string | undefined;
  let published = false;
  let isTold = false;
  try {
    ready = withDigestRenewed(checkSteps(placed, request.output, machine));
    await checkEach(ready, ending);
    const output = await machine.claimOutput(request.output, force);
    let image = plannedImage(output.path, request.output);
    releases.defer(() => {
      if (published) return;
      const keep = request.keep === true && output.path !== "-";
      output.discard(sideFilesOf(image), keep);
      if (keep) kept = output.path;
    });
    const state = await prepare(ready, request, signal, emit, releases, machine, output);
    emit({
      type: "build-started",
      steps: ready.map(({ step }) => step.name),
      sources: request.sources,
      output: request.output,
    });
    const feeder = new Feeder(ready, state, machine);
    for (const [index, step] of ready.entries()) {
      throwIfAborted(signal);
      current.step = step.step.name;
      const work = (before: Image) => feeder.run(step, index, before);
      image = await runStep(step, index, ready.length, image, work, { emit, machine });
    }
    delete current.step;
    throwIfAborted(signal);
    const lossy = image.report.problems.some(isLoss);
    if (lossy && request.strict === true) throw strictError(image);
    await output.publish(sideFilesOf(image));
    published = true;
    const last = atFinalPlace(image);
    const errors = await releases.run("succeeded");
    if (errors.length > 0) throw new ReleaseError(errors);
    isTold = true;
    const outcome = { status: "succeeded", image: last, lossy, seconds: seconds() } as const;
    const [unheard] = await tellEnd(ready, outcome, ending);
    if (unheard !== undefined) throw unheard;
    emit({ type: "build-finished", image: last, seconds: seconds() });
    return { image: last, lossy };
  } catch (error) {
    const errors = await releases.run("failed");
    // What fails because of an abort is the abort; an image that is out is not taken back by one.
    const cause = signal.aborted && !published ? interruptionOf(signal, kept) : error;
    const final = errors.length === 0 ? cause : new ReleaseError(errors, { cause });
    const failure = {
      ...(cause instanceof StepError ? { step: cause.step } : current),
      code: codeOf(final),
      message: messageOf(final),
      ...(kept === undefined ? {} : { kept }),
    };
    if (!isTold) {
      const status = final instanceof InterruptedError ? "interrupted" : "failed";
      const unheard = await tellEnd(ready, { status, ...failure, seconds: seconds() }, ending);
      for (const { step, message } of unheard) {
        emit({ type: "message", step, level: "warning", text: message });
      }
    }
    emit({ type: "build-failed", ...failure });
    throw final;
  }
}

async function checkEach(
  ready: readonly ReadyStep[],
  { sources, output, force, signal }: Ending,
): Promise<void> {
  for (const { step, options } of ready) {
    throwIfAborted(signal);
    await step.check?.({ sources, output, force, options, signal });
  }
}

async function prepare(
  ready: readonly ReadyStep[],
  { sources, output: finalPath, force }: BuildRequest,
  signal: AbortSignal,
  emit: EventSink,
  releases: Releases,
  machine: Machine,
  output: Output,
): Promise<BuildState> {
  const workdir = machine.makeWorkdir(output.path);
  releases.defer(() => workdir.release());
  const needsShell = ready.some(({ step }) => step.shell !== false);
  const shell = needsShell ? await machine.loadShell(signal, workdir.path) : undefined;
  const state: BuildState = {
    sources,
    output: finalPath,
    force: force === true,
    signal,
    emit,
    workdir: workdir.path,
    record: (path) => workdir.record(path),
    releases,
    shell,
    source: undefined,
  };
  releases.defer(() => state.source?.close());
  return state;
}

function sideFilesOf(image: Image): Artifact[] {
  return image.artifacts.filter(({ path, finalPath }) => path !== finalPath);
}

function atFinalPlace(image: Image): Image {
  const final = new Map(image.artifacts.map(({ path, finalPath }) => [path, finalPath]));
  final.set(image.path, image.finalPath);
  const artifacts = image.artifacts.map((each) => ({ ...each, path: each.finalPath }));
  const { payload } = image;
  const settled = { ...image, path: image.finalPath, artifacts };
  if (payload === undefined) return settled;
  return { ...settled, payload: { ...payload, path: final.get(payload.path) ?? payload.path } };
}

/** A step that changes the image after it was hashed has the hash made anew at the end. */
function withDigestRenewed(ready: ReadyStep[]): ReadyStep[] {
  const hash = ready.findIndex(({ step }) => step.name === "hash");
  if (hash < 0) return ready;
  const stale = ready.findLastIndex(({ step }, i) => i > hash && step.changes === true);
  return stale < 0
    ? ready
    : [...ready.slice(0, stale + 1), ready[hash]!, ...ready.slice(stale + 1)];
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw interruptionOf(signal);
}

function interruptionOf(signal: AbortSignal, kept?: string): InterruptedError {
  const { reason } = signal;
  const name = reason instanceof InterruptedError ? reason.signal : undefined;
  return new InterruptedError(name, kept);
}

function strictError(image: Image): SourceError {
  const losses = image.report.problems.filter(isLoss);
  const first = losses[0]!;
  const more = losses.length > 1 ? ` and ${losses.length - 1} more` : "";
  return new SourceError(
    `cannot store everything: ${first.path}: ${first.reason}${more}. ` +
      "With --strict no image is left; build again when the source is at rest, or leave --strict out.",
    "source-lost",
  );
}
