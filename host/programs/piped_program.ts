/**
 * A program as a transform of bytes: what is written goes to its stdin, what it prints is read.
 * @module
 */

import type { Readable, Writable } from "node:stream";
import { collect, type runProgram, spawnProgram } from "./run_program.ts";
import { ToolError } from "./tool_error.ts";

/**
 * Starts a program and gives its stdin and stdout as a pair of streams, for
 * `ReadableStream.pipeThrough` or as the `transform` of a {@linkcode ByteStage}. It is otherwise
 * run as `runProgram` runs one. Cancelling the readable, aborting the writable and `signal` end
 * the program, and what it has started.
 *
 * Both streams fail with a {@linkcode ToolError} when it fails, also when it has printed something
 * by then. Read the readable to its end, or the program may wait for ever.
 *
 * @throws ToolError when there is no such program, or it cannot be started.
 */
export function pipeThroughProgram(
  argv: readonly string[],
  options: NonNullable<Parameters<typeof runProgram>[1]> = {},
): ReadableWritablePair<Uint8Array, Uint8Array> & {
  /** Resolves when it has ended well. It rejects with a {@linkcode ToolError} otherwise. */
  readonly ended: Promise<void>;
  /** Ends it, and waits until it is gone. */
  abort(): Promise<void>;
} {
  const stop = new AbortController();
  const signal = options.signal === undefined
    ? stop.signal
    : AbortSignal.any([options.signal, stop.signal]);
  const { child, ended: exited, release } = spawnProgram(argv, { ...options, signal }, "pipe");
  const said = collect(child.stderr!).catch(() => "");
  const success = options.success ?? ((code: number) => code === 0);
  const ended = exited.finally(release).then(async ({ exitCode, signal: by }) => {
    if (!signal.aborted && success(exitCode)) return;
    throw new ToolError(argv, exitCode, await said, undefined, by);
  });
  // Whoever reads or writes receives the error as well; nobody need wait for this.
  ended.catch(() => {});
  const abort = async () => {
    stop.abort();
    await ended.catch(() => {});
  };
  return {
    writable: writableTo(argv[0]!, child.stdin!, ended, abort),
    readable: readableFrom(child.stdout!, ended, abort),
    ended,
    abort,
  };
}

/** A program in a stream. */
export type PipedProgram = ReturnType<typeof pipeThroughProgram>;

function writableTo(
  name: string,
  stdin: Writable,
  ended: Promise<void>,
  abort: () => Promise<void>,
): WritableStream<Uint8Array> {
  // A program that ends early breaks its pipe; why it ended is what is reported.
  stdin.on("error", () => {});
  const tooEarly = ended.then(() => {
    throw new Error(
      `cannot pipe through ${name}: it ended before it had read everything. Look at its options.`,
    );
  });
  tooEarly.catch(() => {});
  const closed = new Promise<void>((resolve) => stdin.once("close", () => resolve()));
  let isClosing = false;
  // Ends the write that waits; a race with `tooEarly` would leave a listener of each.
  let giveUp: (error: unknown) => void = () => {};
  return new WritableStream<Uint8Array>({
    start(controller) {
      tooEarly.catch((error) => {
        giveUp(error);
        if (!isClosing) controller.error(error);
      });
    },
    async write(bytes) {
      if (stdin.write(bytes)) return;
      await new Promise<void>((resolve, reject) => {
        giveUp = reject;
        stdin.once("drain", () => resolve());
      });
    },
    async close() {
      isClosing = true;
      stdin.end();
      await Promise.race([closed, ended]);
    },
    abort,
  });
}

function readableFrom(
  stdout: Readable,
  ended: Promise<void>,
  abort: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const pieces = stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next().catch(async (error) => {
        await ended;
        throw error;
      });
      if (done !== true) return controller.enqueue(value);
      await ended;
      controller.close();
    },
    cancel: abort,
  });
}
