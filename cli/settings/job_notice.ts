/**
 * Reports how a job ended, by the plugin `notify`: of all of it, not of the build alone.
 * @module
 */

import { nowMs } from "../../host/clock.ts";
import { secretFromEnvironment } from "../../loading/secret_options.ts";
import { codeOf, InterruptedError, messageOf, StepError } from "../../pipeline/build_errors.ts";
import type { EventSink } from "../../pipeline/events.ts";
import { checkOptions } from "../../pipeline/options.ts";
import type { ReadyStep } from "../../pipeline/running/check.ts";
import { announceEnd, type Ending } from "../../pipeline/running/ending.ts";
import type { BuildResult } from "../../pipeline/running/run.ts";
import type { Outcome, Step } from "../../pipeline/step.ts";
import type { BuildValues } from "../building/build_values.ts";
import { notifyOptionsOf } from "./job_values.ts";
import type { NamedJob } from "./settings.ts";

/** What the receiver of a job's end learns. */
export class JobNotice {
  #ready: ReadyStep | undefined;
  #result: BuildResult | undefined;

  constructor(
    private readonly named: NamedJob,
    private readonly build: BuildValues,
    private readonly emit: EventSink,
    private readonly startMs: number,
  ) {}

  /** Loads what reports, and checks its options before anything is written. @throws UsageError */
  async check(): Promise<void> {
    const given = notifyOptionsOf(this.named);
    if (given === undefined) return;
    const { default: plugin } = await import("../../plugins/notify.ts");
    const step = plugin as unknown as Step;
    const secrets = Object.entries(step.options ?? {}).flatMap(([name, { secret }]) => {
      const value = secret === true && given[name] === undefined
        ? secretFromEnvironment("notify", name)
        : undefined;
      return value === undefined ? [] : [[name, value]];
    });
    const all = { ...given, ...Object.fromEntries(secrets) };
    const options = checkOptions("notify", step.options ?? {}, all);
    // It opens nothing.
    await step.check?.({ ...this.#ending, options, defer: () => {} });
    this.#ready = { step, options };
  }

  /** The image is there; it may yet be found damaged. */
  built(result: BuildResult): void {
    this.#result = result;
  }

  /** All is done. */
  async succeeded(): Promise<void> {
    if (this.#result === undefined) return;
    await this.#announce({ status: "succeeded", ...this.#result, seconds: this.#seconds });
  }

  /** It was not. */
  async failed(error: unknown): Promise<void> {
    await this.#announce({
      status: error instanceof InterruptedError ? "interrupted" : "failed",
      ...error instanceof StepError && { step: error.step },
      code: codeOf(error),
      message: messageOf(error),
      seconds: this.#seconds,
    });
  }

  async #announce(outcome: Outcome): Promise<void> {
    if (this.#ready === undefined) return;
    const [error] = await announceEnd([this.#ready], outcome, this.#ending);
    if (error === undefined) return;
    if (this.#ready.options["required"] === true && outcome.status === "succeeded") throw error;
    this.emit({ type: "message", level: "warning", text: error.message });
  }

  get #ending(): Ending {
    const { sources, to = "" } = this.build;
    return {
      sources,
      output: this.#result?.image.finalPath ?? `${to}/`,
      force: false,
      signal: new AbortController().signal,
      emit: this.emit,
    };
  }

  get #seconds(): number {
    return (nowMs() - this.startMs) / 1000;
  }
}
