/**
 * The streaming forms of several steps, one behind the other, fed while the image is made.
 *
 * A transform makes a new flow of the one before it; a sink takes its flow away, and lets others
 * have it, too. What the last transform makes goes to a file when no sink takes it.
 * @module
 */

import type { ReadyStep } from "./check.ts";
import { type Image, type Payload, withArtifact } from "./image.ts";
import type { Machine } from "./machine.ts";
import type { ByteStage, StepContext } from "./step.ts";
import { Flow, Taker } from "./stream_flow.ts";

/** The digest that is made of what a transform makes. */
const ALGORITHM = "sha512";

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

/** The steps behind a streaming one that can be fed: those with a streaming form, up to the first without. */
export function fedSteps(behind: readonly ReadyStep[]): ReadyStep[] {
  const end = behind.findIndex(({ step }) => step.stream === undefined && step.passive !== true);
  return (end < 0 ? behind : behind.slice(0, end)).filter(({ step }) => step.stream !== undefined);
}

/** A running chain. */
export class StreamChain {
  readonly #links = new Map<ReadyStep, Link>();
  readonly #takers: Taker[] = [];
  readonly #pumps: Promise<void>[] = [];
  readonly #outputs: (readonly [ReadableStream<Uint8Array>, Flow])[] = [];
  readonly #plain: Flow;
  #isEnded = false;
  #fail!: (error: unknown) => void;
  readonly #failure = new Promise<never>((_, reject) => this.#fail = reject);

  private constructor(private readonly image: Image, private readonly machine: Machine) {
    this.#plain = new Flow(image.name, image.path, ALGORITHM, undefined);
    // Whoever writes gets the failure; it may come when nobody does.
    this.#failure.catch(() => {});
  }

  /** Starts all stages. @throws what a stage throws, after those before it were aborted. */
  static async open(fed: readonly Fed[], image: Image, machine: Machine): Promise<StreamChain> {
    const chain = new StreamChain(image, machine);
    try {
      let flow = chain.#plain;
      for (const [index, each] of fed.entries()) {
        flow = await chain.#add(each, flow, fed.slice(index + 1));
      }
      // Not before: some transforms begin by themselves, and those behind them are to get that, too.
      for (const [readable, flow] of chain.#outputs) {
        chain.#pumps.push(chain.#pump(readable, flow));
      }
      return chain;
    } catch (error) {
      await chain.abort(error);
      throw error;
    }
  }

  /** Feeds bytes of the image. @throws what any stage failed with. */
  async write(bytes: Uint8Array): Promise<void> {
    await Promise.race([this.#plain.push(bytes), this.#failure]);
  }

  /** Says that the image is complete, and waits until everything has gone through. */
  async end(): Promise<void> {
    const through = this.#plain.close().then(() => Promise.all(this.#pumps));
    await Promise.race([through, this.#failure]);
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

  /** Gives up what has not been made final. */
  async abort(reason: unknown): Promise<void> {
    this.#fail(reason);
    const left = [...this.#links.values()];
    this.#links.clear();
    const aborted = this.#isEnded ? [] : this.#takers.map((taker) => taker.abort(reason));
    await Promise.allSettled([...aborted, ...this.#pumps]);
    for (const { outgoing, toFile } of left) {
      if (toFile === true) this.machine.removeFile(outgoing!.path);
    }
    const results = await Promise.allSettled(left.map(({ stage }) => stage.abort?.(reason)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async #add({ ready, context }: Fed, flow: Flow, behind: readonly Fed[]): Promise<Flow> {
    const stage = await ready.step.stream!({ name: flow.name }, context);
    const target = stage.transform?.writable ?? stage.sink;
    if (target === undefined || (stage.transform !== undefined && stage.sink !== undefined)) {
      throw new TypeError(
        `step ${ready.step.name} has a streaming form with ${
          target === undefined ? "neither a transform nor a sink" : "both a transform and a sink"
        }. Return one of them.`,
      );
    }
    this.#take(flow, target);
    if (stage.transform === undefined) {
      this.#links.set(ready, { stage, incoming: flow });
      return flow;
    }
    const toFile = behind.length === 0;
    const outgoing = await this.#makeFlow(stage.name ?? flow.name, toFile, context.force);
    this.#links.set(ready, { stage, incoming: flow, outgoing, toFile });
    this.#outputs.push([stage.transform.readable, outgoing]);
    return outgoing;
  }

  async #makeFlow(name: string, toFile: boolean, force: boolean): Promise<Flow> {
    const hash = await this.machine.startHash(ALGORITHM);
    if (!toFile) return new Flow(name, "-", ALGORITHM, hash);
    const { finalPath } = this.image;
    const path = `${finalPath.slice(0, finalPath.lastIndexOf("/") + 1)}${name}.partial`;
    const flow = new Flow(name, path, ALGORITHM, hash);
    this.#take(flow, this.machine.createFile(path, force));
    return flow;
  }

  #take(flow: Flow, stream: WritableStream<Uint8Array>): void {
    const taker = new Taker(stream, this.#fail);
    flow.takers.push(taker);
    this.#takers.push(taker);
  }

  async #pump(readable: ReadableStream<Uint8Array>, into: Flow): Promise<void> {
    try {
      for await (const bytes of readable) await into.push(bytes);
      await into.close();
    } catch (error) {
      this.#fail(error);
    }
  }
}
