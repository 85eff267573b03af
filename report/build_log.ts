/**
 * What a build did, gathered from its events.
 * @module
 */

import type { BuildEvent } from "../pipeline/events.ts";
import type { Image } from "../pipeline/image.ts";
import type { Problem } from "../pipeline/problem.ts";

/** A step that is done. */
export interface StepDone {
  readonly name: string;
  readonly seconds: number;
  /** Bytes of the image after it. */
  readonly sizeBytes: number;
  /** Bytes that it went through, where it counted them. */
  readonly doneBytes: number | undefined;
}

/** What a build did. */
export interface BuildFacts {
  readonly startedAt: Date;
  readonly seconds: number;
  /** Absolute paths. */
  readonly sources: readonly string[];
  readonly steps: readonly StepDone[];
  readonly problems: readonly Problem[];
  /** Warnings, in order. */
  readonly warnings: readonly string[];
  readonly image: Image;
}

/** Listens to a build. */
export class BuildLog {
  readonly #steps: StepDone[] = [];
  readonly #doneBytes = new Map<string, number>();
  readonly #warnings: string[] = [];
  #sources: readonly string[] = [];
  #finished: { readonly image: Image; readonly seconds: number } | undefined;

  constructor(private readonly startedAt: Date) {}

  add(event: BuildEvent): void {
    switch (event.type) {
      case "build-started":
        this.#sources = event.sources;
        return;
      case "progress":
        if (event.unit === "bytes") this.#doneBytes.set(event.step, event.done);
        return;
      case "message":
        if (event.level === "warning") this.#warnings.push(event.text);
        return;
      case "step-finished":
        this.#steps.push({
          name: event.step,
          seconds: event.seconds,
          sizeBytes: event.sizeBytes,
          doneBytes: this.#doneBytes.get(event.step),
        });
        return;
      case "build-finished":
        this.#finished = event;
        return;
    }
  }

  /** What the build did; `undefined` unless it came to its end. */
  facts(): BuildFacts | undefined {
    if (this.#finished === undefined) return undefined;
    const { image, seconds } = this.#finished;
    return {
      startedAt: this.startedAt,
      seconds,
      sources: this.#sources,
      steps: this.#steps,
      problems: image.report.problems,
      warnings: this.#warnings,
      image,
    };
  }
}
