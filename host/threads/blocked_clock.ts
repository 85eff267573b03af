/**
 * How long this thread has slept in system calls: waiting for a disk or a server, and neither at
 * work nor waiting for a processor, as it does where many programs share few of them.
 * @module
 */

import { close, CURRENT_FOLDER, type Descriptor, O_RDONLY, openAt, readAt } from "../libc/files.ts";

const PATH = "/proc/thread-self/schedstat";
/** Three numbers. */
const MOST_BYTES = 128;
const decoder = new TextDecoder();

/** Kept open: it is asked for often. */
export class BlockedClock {
  readonly #text = new Uint8Array(MOST_BYTES);

  private constructor(private readonly fd: Descriptor) {}

  /** @returns `undefined` where the kernel keeps no account */
  static open(): BlockedClock | undefined {
    let fd: Descriptor | undefined;
    try {
      fd = openAt(CURRENT_FOLDER, PATH, O_RDONLY);
      const clock = new BlockedClock(fd);
      if (!Number.isNaN(clock.blockedMs())) return clock;
    } catch {
      // Without it nothing is known, and nothing is done differently.
    }
    if (fd !== undefined) close(fd);
    return undefined;
  }

  /** Milliseconds since some point in time; to be asked for on the thread that opened it. */
  blockedMs(): number {
    const countBytes = readAt(this.fd, this.#text, 0);
    // Time at work, then time spent ready for it, both in nanoseconds.
    const [atWork, ready] = decoder.decode(this.#text.subarray(0, countBytes)).split(" ", 2);
    return performance.now() - (Number(atWork) + Number(ready)) / 1e6;
  }

  close(): void {
    close(this.fd);
  }
}
