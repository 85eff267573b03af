/**
 * Hashes a stream of buffers on another thread while this one fills and writes the next.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import { type Breather, nextTurn } from "../../host/breathe.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { type RingMemory, RingProducer } from "../../host/threads/ring.ts";
import type { ExpectedFile } from "../../pipeline/scanned_source.ts";
import type { Finisher } from "../../source/source_file.ts";
import { FinishQueue, makeFinishMemory } from "./finish_queue.ts";
import type { HashFailure, HashResult, HashTask } from "./image_digest_worker.ts";

/** How long the thread sleeps for a free buffer before it lets the event loop run. */
const WAIT_MS = 20;
/** Waking a thread costs more than finishing a file: it is woken for several. */
const FILES_A_WAKE = 128;

/** A running hash. */
export class Hasher implements Finisher {
  readonly #worker: Worker;
  readonly #ring: RingProducer;
  readonly #queue: FinishQueue;
  readonly #result: Promise<HashResult>;
  #failure: Error | undefined;
  #countOffered = 0;
  #isEnded = false;

  /**
   * @param ring its first taker is this one
   * @param othersFailure why another taker failed, if so: no buffer becomes free then
   */
  constructor(
    algorithm: string,
    private readonly breather: Breather,
    ring: RingMemory,
    private readonly othersFailure: () => Error | undefined = () => undefined,
  ) {
    const finish = makeFinishMemory();
    this.#ring = new RingProducer(ring);
    this.#queue = new FinishQueue(finish);
    this.#worker = new Worker(new URL("./image_digest_worker.ts", import.meta.url), {
      type: "module",
    });
    this.#result = new Promise((resolve, reject) => {
      const fail = (why: string) => {
        this.#failure = new Error(`cannot hash: ${why}. Report this.`);
        reject(this.#failure);
      };
      this.#worker.onmessage = ({ data }: MessageEvent<HashResult | HashFailure>) =>
        "failure" in data ? fail(data.failure) : resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message);
      };
    });
    // Whoever asks for the result gets the failure; nobody may ask after an abort.
    this.#result.catch(() => {});
    this.#worker.postMessage({ ring, finish, algorithm } satisfies HashTask);
  }

  /** A free buffer to fill. @throws the abort signal's reason; Error when the worker failed. */
  async buffer(): Promise<Uint8Array> {
    while (!this.#ring.waitForRoom(WAIT_MS)) {
      await this.breather.pause();
      this.#requireRunning();
    }
    return this.#ring.buffer;
  }

  /** Why the thread failed, if so: it takes no more buffers then. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Where in the ring the buffer to fill lies. */
  get bufferIndex(): number {
    return this.#ring.index;
  }

  /** Waits until all buffers were taken. @throws as `buffer` does */
  async drain(): Promise<void> {
    while (!this.#ring.waitUntilTaken(WAIT_MS)) {
      await this.breather.pause();
      this.#requireRunning();
    }
  }

  /** Hands the filled buffer on to be hashed; it may still be read, but not written. */
  submit(lengthBytes: number): void {
    this.#ring.submit(lengthBytes);
  }

  /** Has a file closed on the other thread, and looked at once more before. */
  offer(fd: Descriptor, inode: TreeInode, expected?: ExpectedFile): boolean {
    if (!this.#queue.offer(fd, inode, expected)) return false;
    if (++this.#countOffered % FILES_A_WAKE === 0) this.#ring.wake();
    return true;
  }

  /** The digest of everything, and the files that were found changed. @throws as `buffer` does. */
  async finish(): Promise<HashResult> {
    // The end takes a place of its own, or it would be read in place of a buffer still waiting.
    await this.buffer();
    this.#isEnded = true;
    this.#ring.end();
    return await this.#result;
  }

  /** Ends the thread, after it has closed the files that it was handed. */
  async close(): Promise<void> {
    // The thread alone may close them: a number closed twice might be another's by then. It has at
    // most eight buffers before it, a matter of milliseconds.
    const isStuck = () => this.#isOver || this.othersFailure() !== undefined;
    while (!isStuck() && !this.#ring.waitForRoom(WAIT_MS)) await nextTurn();
    if (!isStuck()) {
      this.#ring.end();
      await this.#result.catch(() => {});
    }
    this.#worker.terminate();
  }

  #requireRunning(): void {
    const failure = this.#failure ?? this.othersFailure();
    if (failure !== undefined) throw failure;
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#failure !== undefined;
  }
}
