/**
 * Runs a program that is fed, or read from, while it runs.
 * @module
 */

import type { Readable, Writable } from "node:stream";
import {
  collect,
  exitOf,
  type ProgramOptions,
  spawnProgram,
  tail,
  ToolError,
} from "./run_program.ts";

/** A program that runs; as a pair of streams it is the `transform` of a {@linkcode ByteStage}. */
export interface RunningProgram extends ReadableWritablePair<Uint8Array, Uint8Array> {
  /** What it reads. Closing it ends its input; a program that has ended fails the write. */
  readonly writable: WritableStream<Uint8Array>;
  /** What it writes. Read or cancel it, or the program may wait for ever. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Resolves when it has ended well. It rejects with a {@linkcode ToolError} otherwise. */
  readonly ended: Promise<void>;
  /** Ends it, and what it has started; resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program with both ends open; it is otherwise run as `runProgram` runs one. It is ended
 * by `signal`, by `stop`, when `writable` is aborted and when `readable` is cancelled. The readable
 * fails with the program: what it wrote until then may be cut.
 *
 * @throws ToolError when it is not installed.
 */
export function openProgram(
  argv: readonly string[],
  options: ProgramOptions = {},
): RunningProgram {
  const stopping = new AbortController();
  const signal = options.signal === undefined
    ? stopping.signal
    : AbortSignal.any([options.signal, stopping.signal]);
  const { child, release } = spawnProgram(argv, { ...options, signal }, "pipe");
  const stderr = collect(child.stderr!);
  const ended = exitOf(child).finally(release).then(async (exitCode) => {
    const success = options.success ?? ((code: number) => code === 0);
    if (!signal.aborted && success(exitCode)) return;
    throw new ToolError(argv, exitCode, tail(await stderr));
  });
  // Whoever awaits it gets the failure; a write may be what fails first.
  ended.catch(() => {});
  const stop = async () => {
    stopping.abort();
    await ended.catch(() => {});
  };
  return {
    writable: writableTo(child.stdin!, ended, stop),
    readable: readableFrom(child.stdout!, ended, stop),
    ended,
    stop,
  };
}

function writableTo(
  input: Writable,
  ended: Promise<void>,
  stop: () => Promise<void>,
): WritableStream<Uint8Array> {
  // Told to each write; without a listener it would end the process.
  input.on("error", () => {});
  const done = (begin: (callback: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      // A broken pipe says less than what the program said when it ended.
      const fail = (error: unknown) => void ended.then(() => reject(error), reject);
      begin((error) => error ? fail(error) : resolve());
      ended.catch(reject);
    });
  return new WritableStream<Uint8Array>({
    write: (chunk) => done((callback) => void input.write(chunk, callback)),
    close: () => done((callback) => void input.end(callback)),
    async abort() {
      await stop();
      input.destroy();
    },
  });
}

function readableFrom(
  output: Readable,
  ended: Promise<void>,
  stop: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done !== true) return controller.enqueue(value);
      await ended;
      controller.close();
    },
    cancel: stop,
  });
}
