/**
 * Runs the steps of a pipeline: checks, claims the output, runs, publishes, and undoes everything
 * that has to be undone, whatever happened.
 * @module
 */

import { codeOf, InterruptedError, messageOf, ReleaseError, StepError } from "../build_errors.ts";
import { digestAlgorithm } from "../digests.ts";
import type { BuildEvent } from "../events.ts";
import { atFinalPlace, type Image, plannedImage, sideFilesOf } from "../image.ts";
import { interruptionOf, throwIfAborted } from "../interruption.ts";
import type { Machine, Output } from "../machine.ts";
import type { PlacedStep } from "../placed_step.ts";
import { isLoss, lossError } from "../problem.ts";
import type { Outcome } from "../step.ts";
import { UnendedError } from "./attended.ts";
import type { ReadyStep } from "./check.ts";
import { checkedSteps } from "./checked_steps.ts";
import type { BuildState } from "./context.ts";
import { announceEnd, type Ending } from "./ending.ts";
import { Feeder } from "./feeder.ts";
import { Releases } from "./releases.ts";
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
  /** Receives the events of the build. */
  readonly emit?: (event: BuildEvent) => void;
}

/** What came out. */
export interface BuildResult {
  /** The image at its final place. */
  readonly image: Image;
  /** Whether a part of the source could not be read or changed while it was read. */
  readonly lossy: boolean;
}

/** Runs checked steps one after the other. @throws as `Pipeline.run` does. */
export async function runSteps(
  placed: readonly PlacedStep[],
  request: BuildRequest,
  machine: Machine,
): Promise<BuildResult> {
  return await new Build(placed, request, machine).run();
}

/** One build, from its checks to its end. */
class Build {
  readonly #startMs: number;
  readonly #releases: Releases;
  /** What every step knows about the build. */
  readonly #common: Ending;
  #ready: readonly ReadyStep[] = [];
  #image: Image;
  /** The step that runs. */
  #current: string | undefined;
  #isPublished = false;
  #isEndAnnounced = false;
  /** The partial image, once it is known to stay. */
  #kept: string | undefined;

  constructor(
    private readonly placed: readonly PlacedStep[],
    private readonly request: BuildRequest,
    private readonly machine: Machine,
  ) {
    const { sources, output, force, signal, emit } = request;
    this.#startMs = machine.nowMs();
    this.#image = plannedImage(output, output, sources);
    this.#common = {
      sources,
      output,
      force: force === true,
      signal: signal ?? new AbortController().signal,
      emit: emit ?? (() => {}),
    };
    this.#releases = new Releases(this.#common.signal);
  }

  async run(): Promise<BuildResult> {
    try {
      await this.machine.releaseLeftovers(this.#common.output);
      const defer: Releases["defer"] = (release) => this.#releases.defer(release);
      const shared = { ...this.#common, defer };
      // Every step known so far learns how the build ended, even if one of the checks fails.
      await checkedSteps(this.placed, shared, this.machine, (ready) => this.#ready = ready);
      const output = this.#claim();
      const state = await this.#prepare(output);
      await this.#runAll(state);
      await this.#publish(output, state.source?.isPublic === true);
      return await this.#succeed();
    } catch (error) {
      throw await this.#fail(error);
    }
  }

  #claim(): Output {
    const { sources, output: finalPath, force } = this.#common;
    const output = this.machine.claimOutput(finalPath, force);
    this.#image = plannedImage(output.path, finalPath, sources);
    this.#releases.defer(() => {
      if (this.#isPublished) return output.settle();
      const keep = this.request.keep === true && output.path !== "-";
      output.discard(sideFilesOf(this.#image), keep);
      if (keep) this.#kept = output.path;
    });
    return output;
  }

  async #prepare(output: Output): Promise<BuildState> {
    const releases = this.#releases;
    const workdir = this.machine.makeWorkdir(output.path);
    releases.defer(() => workdir.release());
    const needsShell = this.#ready.some(({ step }) => step.shell !== false);
    const loaded = needsShell
      ? await this.machine.loadShell(this.#common.signal, workdir.path)
      : undefined;
    releases.defer(() => loaded?.release());
    const state: BuildState = {
      ...this.#common,
      digestAlgorithm: digestAlgorithm(this.#ready),
      workdir: workdir.path,
      record: (path) => output.record(path),
      releases,
      shell: loaded?.shell,
      source: undefined,
    };
    releases.defer(() => state.source?.close());
    return state;
  }

  async #runAll(state: BuildState): Promise<void> {
    const { sources, output, emit, signal } = this.#common;
    const steps = this.#ready.map(({ step }) => step.name);
    emit({ type: "build-started", steps, sources, output });
    const feeder = new Feeder(this.#ready, state, this.machine);
    for (const [index, each] of this.#ready.entries()) {
      throwIfAborted(signal);
      this.#current = each.step.name;
      const work = feeder.workOf(each, index);
      const within = { emit, signal, machine: this.machine };
      this.#image = await runStep(each, index, steps.length, this.#image, work, within);
      // Before others make final what they stored of it.
      if (this.request.strict === true && this.#isLossy) {
        throw lossError(this.#image.report.problems);
      }
    }
    this.#current = undefined;
    throwIfAborted(signal);
  }

  async #publish(output: Output, isPublic: boolean): Promise<void> {
    await output.publish(sideFilesOf(this.#image), isPublic);
    this.#isPublished = true;
    this.#image = atFinalPlace(this.#image);
    const { errors } = await this.#releases.run("succeeded");
    if (errors.length > 0) throw new ReleaseError(errors);
  }

  async #succeed(): Promise<BuildResult> {
    const [image, lossy] = [this.#image, this.#isLossy];
    this.#isEndAnnounced = true;
    const outcome = { status: "succeeded", image, lossy, ...this.#duration } as const;
    const [unheard, ...others] = await this.#announceEnd(outcome);
    this.#warn(others);
    if (unheard !== undefined) throw unheard;
    this.#common.emit({ type: "build-finished", image, ...this.#duration });
    return { image, lossy };
  }

  /** Undoes everything, and calls `ended` of each step. @returns The error to throw. */
  async #fail(error: unknown): Promise<unknown> {
    const { emit, signal } = this.#common;
    const { errors, left } = await this.#releases.run("failed");
    // What fails because of an abort is the abort; an image that is out is not taken back by one.
    const isAbort = signal.aborted && !this.#isPublished;
    const kept = this.#kept === undefined ? [] : [this.#kept];
    const cause = isAbort ? interruptionOf(signal, [...kept, ...left]) : error;
    const final = errors.length === 0 ? cause : new ReleaseError(errors, { cause });
    // It may still be at work.
    if (error instanceof StepError && error.cause instanceof UnendedError) this.#warn([error]);
    const step = cause instanceof StepError ? cause.step : this.#current;
    const failure = {
      ...(step === undefined ? {} : { step }),
      code: codeOf(final),
      message: messageOf(final),
      ...(this.#kept === undefined ? {} : { kept: this.#kept }),
      ...(left.length === 0 ? {} : { left }),
    };
    if (!this.#isEndAnnounced) {
      const status = cause instanceof InterruptedError ? "interrupted" : "failed";
      this.#warn(await this.#announceEnd({ status, ...failure, ...this.#duration }));
    }
    emit({ type: "build-failed", ...failure });
    return final;
  }

  #warn(errors: readonly StepError[]): void {
    for (const { step, message } of errors) {
      this.#common.emit({ type: "message", step, level: "warning", text: message });
    }
  }

  #announceEnd(outcome: Outcome): Promise<StepError[]> {
    return announceEnd(this.#ready, outcome, this.#common);
  }

  get #isLossy(): boolean {
    return this.#image.report.problems.some(isLoss);
  }

  get #duration(): { readonly seconds: number } {
    return { seconds: (this.machine.nowMs() - this.#startMs) / 1000 };
  }
}
