/**
 * The streaming forms of several steps, one behind the other, fed while the image is made.
 *
 * A transform turns the flow before it into a new one; a sink consumes its flow, and other sinks
 * may consume the same one. What the last transform makes goes to a file when no sink takes it.
 * @module
 */

import { messageOf, reasonOf, ReleaseError, StepError } from "../build_errors.ts";
import { type ByteStage, takerOf } from "../byte_stage.ts";
import { type Image, type Payload, withArtifact } from "../image.ts";
import { interruptionOf } from "../interruption.ts";
import type { Machine } from "../machine.ts";
import { PayloadSideFile } from "../payload_side_file.ts";
import type { StepContext } from "../step.ts";
import { attended } from "./attended.ts";
import type { ReadyStep } from "./check.ts";
import { takesPayload } from "./fed_steps.ts";
import { startStage } from "./start_stage.ts";
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
  /** Of `outgoing`, where that goes to a file of its own. */
  readonly sideFile?: PayloadSideFile;
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
  /** Called with the first failure, where somebody waits for the stages. */
  #onFailure: (error: unknown) => void = () => {};

  private constructor(
    private readonly image: Image,
    private readonly machine: Machine,
    private readonly signal: AbortSignal,
    private readonly announcedBytes: number | undefined,
  ) {
    this.#plain = new Flow(image.name, image.path);
    // Whoever feeds the chain must not wait for a stage that has not noticed the failure.
    signal.addEventListener("abort", this.#interrupt, { once: true });
  }

  readonly #interrupt = (): void => this.#fail(interruptionOf(this.signal));

  /**
   * Starts all stages.
   *
   * @param signal Aborted, it ends all waiting.
   * @param sizeBytes Of the image, where it is known beforehand.
   * @throws StepError of a stage, after those before it were aborted.
   */
  static async open(
    fed: readonly Fed[],
    image: Image,
    machine: Machine,
    signal: AbortSignal,
    sizeBytes?: number,
  ): Promise<StreamChain> {
    const chain = new StreamChain(image, machine, signal, sizeBytes);
    try {
      let flow = chain.#plain;
      for (const [index, each] of fed.entries()) {
        flow = await chain.#add(each, flow, fed.slice(index + 1));
      }
      // Not earlier: some transforms write first of all, and the stages behind need those bytes.
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
    this.signal.removeEventListener("abort", this.#interrupt);
  }

  /** Whether the step is fed by this chain. */
  has(ready: ReadyStep): boolean {
    return this.#links.has(ready);
  }

  /** Makes final what a step stored, when it is its turn. @returns The new image. */
  async finish(ready: ReadyStep, image: Image): Promise<Image> {
    const { stage, incoming, outgoing, sideFile } = this.#links.get(ready)!;
    const stored: Payload = incoming.payload(incoming === this.#plain ? image.digests : {});
    const finished = await stage.finish?.(image, stored) ?? image;
    const payload = outgoing?.payload();
    const line = await sideFile?.finish(Object.values(payload!.digests)[0]!);
    this.#links.delete(ready);
    if (payload === undefined) return finished;
    if (line === undefined) return { ...finished, payload };
    const withFile = withArtifact({ ...finished, payload }, {
      kind: ready.step.name,
      path: payload.path,
      finalPath: payload.path.replace(/\.partial$/, ""),
      sizeBytes: payload.sizeBytes,
    });
    return withArtifact(withFile, line);
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
    this.signal.removeEventListener("abort", this.#interrupt);
    const left = [...this.#links.values()];
    this.#links.clear();
    for (const flow of this.#made) flow.abort();
    const aborted = this.#isEnded ? [] : this.#takers.map((taker) => taker.abort(reason));
    const settled = Promise.allSettled([...aborted, ...this.#pumps]);
    // What is left alone then is still given up below.
    await attended(settled, this.signal).catch(() => {});
    for (const { outgoing, sideFile } of left) {
      if (sideFile !== undefined) this.machine.removeFile(outgoing!.path);
    }
    const abortStage = async ({ stage }: Link) =>
      await attended(stage.abort?.(reason), this.signal);
    const results = await Promise.allSettled(
      left.flatMap((link) => [abortStage(link), link.sideFile?.abort()]),
    );
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
    try {
      await new Promise((resolve, reject) => {
        this.#onFailure = reject;
        if (this.#failure !== undefined) reject(this.#failure.error);
        work.then(resolve, reject);
      });
    } catch (error) {
      throw await this.#explained(error);
    }
  }

  /**
   * The error of a stage. The near end of a connection may give none: why the far one was closed,
   * only what waits for it knows, and that is `finish`.
   */
  async #explained(error: unknown): Promise<unknown> {
    if (!(error instanceof StepError) || reasonOf(error.cause) !== undefined) return error;
    const [ready, link] = [...this.#links].find(([{ step }]) => step.name === error.step) ?? [];
    try {
      const finished = link?.stage.finish?.(this.image, link.incoming.payload());
      await attended(finished, this.signal);
    } catch (reason) {
      return new StepError(ready!.step.name, reason);
    }
    return error;
  }

  /** @param payload What the steps before it have made. @returns What those behind it get. */
  async #add({ ready, context }: Fed, payload: Flow, behind: readonly Fed[]): Promise<Flow> {
    const { name } = ready.step;
    const { announcedBytes } = this;
    const incoming = takesPayload(ready.step) ? payload : this.#plain;
    const isSized = incoming === this.#plain && announcedBytes !== undefined;
    const start = { name: incoming.name, ...isSized && { sizeBytes: announcedBytes } };
    const stage = await startStage(ready, start, context);
    this.#take(name, incoming, takerOf(stage)!);
    if (stage.transform === undefined) {
      this.#links.set(ready, { stage, incoming });
      return payload;
    }
    const toFile = !behind.some((each) => takesPayload(each.ready.step));
    const made = stage.name ?? incoming.name;
    const outgoing = this.#makeFlow(name, made, toFile, context);
    const sideFile = toFile ? this.#beginSideFile(name, made, context) : undefined;
    this.#links.set(ready, { stage, incoming, outgoing, ...sideFile && { sideFile } });
    this.#outputs.push([name, stage.transform.readable, outgoing]);
    return outgoing;
  }

  #makeFlow(step: string, name: string, toFile: boolean, context: StepContext): Flow {
    const algorithm = context.digestAlgorithm;
    const digest = { algorithm, hash: this.machine.startHash(algorithm) };
    if (!toFile) return this.#keep(new Flow(name, "-", digest));
    const path = context.beside(name);
    const flow = this.#keep(new Flow(name, path, digest));
    this.#take(step, flow, this.#createFile(step, path, context));
    return flow;
  }

  /** Remembers a flow, to be given up. */
  #keep(flow: Flow): Flow {
    this.#made.push(flow);
    return flow;
  }

  #createFile(
    step: string,
    path: string,
    { force, fileMode }: StepContext,
  ): WritableStream<Uint8Array> {
    try {
      return this.machine.createFile(path, force, fileMode);
    } catch (error) {
      throw namedError(step, error);
    }
  }

  #beginSideFile(step: string, made: string, context: StepContext): PayloadSideFile {
    const create = (path: string) => this.#createFile(step, path, context);
    return PayloadSideFile.begin(made, context, create);
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
