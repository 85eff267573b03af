/**
 * The streaming forms of several steps, one behind the other, fed while the image is made.
 *
 * A transform makes a new flow of the one before it; a sink takes its flow away, and lets others
 * have it, too. What the last transform makes goes to a file when no sink takes it.
 * @module
 */

import { type ByteStage, takerOf } from "./byte_stage.ts";
import type { ReadyStep } from "./check.ts";
import { messageOf, ReleaseError, StepError } from "./errors.ts";
import { type Image, type Payload, withArtifact } from "./image.ts";
import type { Machine } from "./machine.ts";
import type { StepContext, StreamStart } from "./step.ts";
import { Flow, namedError, Taker } from "./stream_flow.ts";

/** A step that is fed, and the context it is run with. */
export interface Fed {
  readonly ready: ReadyStep;
  readonly context: StepContext;
}

interface Link {
  readonly stage: ByteStage;
  readonly incoming: Flow;
  /** What the stage makes of it. */
  readonly outgoing?: Flow;
  /** Whether `outgoing` goes to a file of its own. */
  readonly toFile?: boolean;
}

/**
 * The steps behind a streaming one that can be fed: those with a streaming form, up to the first
 * without, or to one that makes files.
 */
export function fedSteps(behind: readonly ReadyStep[]): ReadyStep[] {
  const fed: ReadyStep[] = [];
  for (const each of behind) {
    const { stream, passive, leavesFiles } = each.step;
    if (stream === undefined && passive !== true) break;
    if (stream !== undefined) fed.push(each);
    if (leavesFiles === true) break;
  }
  return fed;
}

/** A running chain. */
export class StreamChain {
  readonly #links = new Map<ReadyStep, Link>();
  readonly #takers: Taker[] = [];
  readonly #pumps: Promise<void>[] = [];
  /** What transforms make. */
  readonly #made: Flow[] = [];
  readonly #outputs: (readonly [step: string, from: ReadableStream<Uint8Array>, into: Flow])[] = [];
  readonly #plain: Flow;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  /** Told of the first failure, where somebody waits for the stages. */
  #onFailure: (error: unknown) => void = () => {};

  private constructor(
    image: Image,
    private readonly machine: Machine,
    private readonly announcedBytes: number | undefined,
  ) {
    this.#plain = new Flow(image.name, image.path);
  }

  /**
   * Starts all stages.
   *
   * @param sizeBytes Of the image, where it is known beforehand.
   * @throws StepError of a stage, after those before it were aborted.
   */
  static async open(
    fed: readonly Fed[],
    image: Image,
    machine: Machine,
    sizeBytes?: number,
  ): Promise<StreamChain> {
    const chain = new StreamChain(image, machine, sizeBytes);
    try {
      let flow = chain.#plain;
      for (const [index, each] of fed.entries()) {
        flow = await chain.#add(each, flow, fed.slice(index + 1));
      }
      // Not before: some transforms begin by themselves, and those behind them are to get that, too.
      for (const [step, from, into] of chain.#outputs) {
        chain.#pumps.push(chain.#pump(step, from, into));
      }
      return chain;
    } catch (error) {
      const errors = await chain.#undo(error);
      throw errors.length === 0 ? error : withUndoErrors(error, errors);
    }
  }

  /** Feeds bytes of the image. @throws StepError of any stage that has failed. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#unlessFailed(this.#plain.push(bytes));
  }

  /**
   * Says that the image is complete, and waits until everything has gone through.
   *
   * @throws Error when it has another size than was announced.
   */
  async end(): Promise<void> {
    const { announcedBytes } = this;
    const { sizeBytes } = this.#plain;
    if (announcedBytes !== undefined && sizeBytes !== announcedBytes) {
      throw new Error(
        `it announced an image of ${announcedBytes} bytes and made ${sizeBytes}. ` +
          "Announce the size that it will have, or none.",
      );
    }
    const through = this.#plain.close().then(() => Promise.all(this.#pumps));
    await this.#unlessFailed(through);
    this.#isEnded = true;
  }

  /** Whether the step is fed by this chain. */
  has(ready: ReadyStep): boolean {
    return this.#links.has(ready);
  }

  /** Makes final what a step stored, when it is its turn. @returns The new image. */
  async finish(ready: ReadyStep, image: Image): Promise<Image> {
    const { stage, incoming, outgoing, toFile } = this.#links.get(ready)!;
    const stored: Payload = incoming.payload(incoming === this.#plain ? image.digests : {});
    const finished = await stage.finish?.(image, stored) ?? image;
    this.#links.delete(ready);
    if (outgoing === undefined) return finished;
    const payload = outgoing.payload();
    if (toFile !== true) return { ...finished, payload };
    return withArtifact({ ...finished, payload }, {
      kind: ready.step.name,
      path: payload.path,
      finalPath: payload.path.replace(/\.partial$/, ""),
      sizeBytes: payload.sizeBytes,
    });
  }

  /** Gives up what has not been made final. @throws what the stages threw, all of it. */
  async abort(reason: unknown): Promise<void> {
    const errors = await this.#undo(reason);
    if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join("; "));
    if (errors.length === 1) throw errors[0];
  }

  /** @returns What the stages threw. */
  async #undo(reason: unknown): Promise<unknown[]> {
    this.#fail(reason);
    const left = [...this.#links.values()];
    this.#links.clear();
    for (const flow of this.#made) flow.abort();
    const aborted = this.#isEnded ? [] : this.#takers.map((taker) => taker.abort(reason));
    await Promise.allSettled([...aborted, ...this.#pumps]);
    for (const { outgoing, toFile } of left) {
      if (toFile === true) this.machine.removeFile(outgoing!.path);
    }
    const results = await Promise.allSettled(left.map(({ stage }) => stage.abort?.(reason)));
    return results.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#onFailure(this.#failure.error);
  };

  /**
   * Waits for work of all stages, but not for those behind one that has failed. No promise lives
   * longer than the work: a race with one would grow it by a listener a piece.
   */
  async #unlessFailed(work: Promise<unknown>): Promise<void> {
    await new Promise((resolve, reject) => {
      this.#onFailure = reject;
      if (this.#failure !== undefined) reject(this.#failure.error);
      work.then(resolve, reject);
    });
  }

  async #add({ ready, context }: Fed, flow: Flow, behind: readonly Fed[]): Promise<Flow> {
    const { name } = ready.step;
    const { announcedBytes } = this;
    const isSized = flow === this.#plain && announcedBytes !== undefined;
    const start = { name: flow.name, ...isSized && { sizeBytes: announcedBytes } };
    const stage = await startStage(ready, start, context);
    this.#take(name, flow, takerOf(stage)!);
    if (stage.transform === undefined) {
      this.#links.set(ready, { stage, incoming: flow });
      return flow;
    }
    const toFile = behind.length === 0;
    const outgoing = this.#makeFlow(name, stage.name ?? flow.name, toFile, context);
    this.#links.set(ready, { stage, incoming: flow, outgoing, toFile });
    this.#outputs.push([name, stage.transform.readable, outgoing]);
    return outgoing;
  }

  #makeFlow(step: string, name: string, toFile: boolean, context: StepContext): Flow {
    const algorithm = context.digestAlgorithm;
    const digest = { algorithm, hash: this.machine.startHash(algorithm) };
    if (!toFile) return this.#keep(new Flow(name, "-", digest));
    const path = context.beside(name);
    const flow = this.#keep(new Flow(name, path, digest));
    this.#take(step, flow, this.#createFile(step, path, context.force));
    return flow;
  }

  /** Remembers a flow, to be given up. */
  #keep(flow: Flow): Flow {
    this.#made.push(flow);
    return flow;
  }

  #createFile(step: string, path: string, force: boolean): WritableStream<Uint8Array> {
    try {
      return this.machine.createFile(path, force);
    } catch (error) {
      throw namedError(step, error);
    }
  }

  #take(step: string, flow: Flow, stream: WritableStream<Uint8Array>): void {
    const taker = new Taker(step, stream, this.#fail);
    flow.takers.push(taker);
    this.#takers.push(taker);
  }

  async #pump(step: string, from: ReadableStream<Uint8Array>, into: Flow): Promise<void> {
    try {
      for await (const bytes of from) await into.push(bytes);
      await into.close();
    } catch (error) {
      this.#fail(namedError(step, error));
    }
  }
}

/** The error of a step whose neighbours could not be undone either. */
function withUndoErrors(error: unknown, errors: readonly unknown[]): unknown {
  if (!(error instanceof StepError)) return new ReleaseError(errors, { cause: error });
  return new StepError(error.step, new ReleaseError(errors, { cause: error.cause }));
}

/** Starts a stage and holds it to the contract. @throws StepError */
async function startStage(
  { step }: ReadyStep,
  start: StreamStart,
  context: StepContext,
): Promise<ByteStage> {
  try {
    const stage = await step.stream!(start, context);
    const isTransform = stage.transform !== undefined;
    if (isTransform !== (stage.sink !== undefined)) return stage;
    const what = isTransform ? "both a transform and a sink" : "neither a transform nor a sink";
    throw new TypeError(`its streaming form has ${what}. Return one of them.`);
  } catch (error) {
    throw namedError(step.name, error);
  }
}
