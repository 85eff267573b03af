/**
 * One request for a range, given up when no byte comes for too long, or too few.
 * @module
 */

import { type RangeReply, type RangeServer, TransientError } from "./ranges.ts";

/** How much has to come in how long. */
export interface LeastRate {
  readonly countBytes: number;
  readonly windowMs: number;
}

/** How a request is watched. */
export interface Watch {
  readonly timeoutMs: number;
  readonly leastRate: LeastRate;
  /** Ends the request from outside; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Receives the head of the answer before any of its bytes is used; may throw. */
  readonly onReply: (reply: RangeReply) => void;
  /** Receives each piece of the body; returns false when no more is wanted. */
  readonly onBytes: (bytes: Uint8Array) => boolean;
}

/** @throws TransientError when the connection breaks or nothing comes in time. */
export async function watchedRequest(
  server: RangeServer,
  startBytes: number,
  endBytes: number,
  { timeoutMs, leastRate, signal, onReply, onBytes }: Watch,
): Promise<void> {
  const ending = new AbortController();
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  const end = (reason: unknown) => {
    ended.reject(reason);
    ending.abort(reason);
  };
  const stop = () => end(signal.reason);
  const giveUp = () => end(new TransientError(`nothing came for ${timeoutMs / 1000} s`));
  let timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  let countBytes = 0;
  const judge = () => {
    if (countBytes < leastRate.countBytes) end(tooSlow(countBytes, leastRate));
    countBytes = 0;
  };
  let windowTimer: ReturnType<typeof setInterval> | undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    signal.throwIfAborted();
    // Some clients go on waiting after an abort; so each wait is a race.
    const reply = await Promise.race([
      server.request(startBytes, endBytes, ending.signal),
      ended.promise,
    ]);
    reader = reply.body.getReader();
    onReply(reply);
    windowTimer = setInterval(judge, leastRate.windowMs);
    for (;;) {
      const { done, value } = await Promise.race([readPiece(reader), ended.promise]);
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeoutMs);
      countBytes += value.length;
      if (!onBytes(value)) return;
    }
  } finally {
    clearTimeout(timer);
    clearInterval(windowTimer);
    signal.removeEventListener("abort", stop);
    // A body that was not read to its end would keep its connection.
    reader?.cancel().catch(() => {});
    ending.abort();
  }
}

function tooSlow(countBytes: number, { windowMs }: LeastRate): TransientError {
  return new TransientError(`only ${countBytes} bytes came in ${windowMs / 1000} s`);
}

async function readPiece(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (error) {
    throw new TransientError("the connection broke", undefined, { cause: error });
  }
}
