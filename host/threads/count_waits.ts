/**
 * How often this thread has waited.
 * @module
 */

import { readFileSync } from "node:fs";

/**
 * How often it gave its processor up to wait for something, since it began; not how often the
 * processor was taken from it. 0 where that is not known.
 */
export function countWaits(): number {
  try {
    const status = readFileSync("/proc/thread-self/status", "latin1");
    return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
