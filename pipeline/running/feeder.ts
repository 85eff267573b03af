/**
 * What the steps of a build do, each by its `run` or, where the image streams past, by its streaming
 * form.
 * @module
 */

import type { Image } from "../image.ts";
import type { Machine } from "../machine.ts";
import type { ReadyStep } from "./check.ts";
import { type BuildState, contextOf } from "./context.ts";
import { fedSteps } from "./fed_steps.ts";
import type { StepWork } from "./run_step.ts";
import { type Fed, StreamChain } from "./stream_chain.ts";

/** Chooses what each step does, and keeps the chain that a streaming one feeds. */
export class Feeder {
  #chain: StreamChain | undefined;

  constructor(
    private readonly ready: readonly ReadyStep[],
    private readonly state: BuildState,
    private readonly machine: Machine,
  ) {}

  /**
   * What a step does when it is its turn: its `run`, or the end of its streaming form.
   *
   * @param index Its place among all.
   */
  workOf(each: ReadyStep, index: number): StepWork {
    const chain = this.#chain;
    if (chain?.has(each) === true) return (image) => chain.finish(each, image);
    const fed = each.step.streams === true
      ? fedSteps(this.ready.slice(index + 1), ({ step }) => step)
      : [];
    if (fed.length > 0) return (image) => this.#runFeeding(each, fed, image);
    return (image) => each.step.run(image, contextOf(each, this.state));
  }

  async #runFeeding(
    each: ReadyStep,
    fed: readonly ReadyStep[],
    image: Image,
  ): Promise<Image | void> {
    const stages = fed.map((ready) => ({ ready, context: contextOf(ready, this.state) }));
    let opening: Promise<StreamChain> | undefined;
    const opened = (sizeBytes?: number) => opening ??= this.#open(stages, image, sizeBytes);
    const context = contextOf(each, this.state, {
      announceSize: async (sizeBytes) => void await opened(sizeBytes),
      tap: async (bytes) => await (await opened()).write(bytes),
    });
    const made = await each.step.run(image, context);
    await (await opened()).end();
    return made;
  }

  /** Not before the first byte, or what announces it: only then its size may be known. */
  async #open(stages: readonly Fed[], image: Image, sizeBytes?: number): Promise<StreamChain> {
    const { signal, releases } = this.state;
    const chain = await StreamChain.open(stages, image, this.machine, signal, sizeBytes);
    this.#chain = chain;
    // A chain whose stages have all been made final has nothing left to give up.
    releases.defer(() => chain.abort(new Error("the build failed")));
    return chain;
  }
}
