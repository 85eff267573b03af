/**
 * How often, and after which pauses, a request is tried again.
 * @module
 */

/** A longer wait than this is not granted to a server. */
const LONGEST_PAUSE_MS = 20_000;

/** Progress that makes a failure count as the first again: the server does work, but slowly. */
const PROGRESS_BYTES = 64 << 10;

/** Counts the failures of one read. */
export class Retries {
  #countFailures = 0;
  #progressBytes = 0;

  constructor(readonly countRetries: number, readonly delayMs: number) {}

  /** Bytes came. */
  progress(countBytes: number): void {
    this.#progressBytes += countBytes;
  }

  /**
   * A request failed.
   *
   * @param wantedMs The pause that the server asked for.
   * @returns The pause before the next one; `undefined` when enough was tried.
   */
  nextPauseMs(wantedMs?: number): number | undefined {
    if (this.#progressBytes >= PROGRESS_BYTES) this.#countFailures = 0;
    this.#progressBytes = 0;
    if (this.#countFailures >= this.countRetries) return undefined;
    const pause = this.delayMs * 2 ** this.#countFailures++;
    // Chance keeps many readers from coming back at the same moment.
    const spread = pause * (0.75 + Math.random() / 2);
    return Math.min(Math.max(spread, wantedMs ?? 0), LONGEST_PAUSE_MS);
  }

  /** Tries so far, e.g. for a message. */
  get countTries(): number {
    return this.#countFailures + 1;
  }
}

/** Waits; a signal ends the wait with its reason. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, durationMs);
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
