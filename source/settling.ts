/**
 * Waits before a file is read, so that whoever writes to it later must move its times.
 *
 * The clock that stamps files has a grain: two writes within it leave the same times. What is read
 * once a file's times lie further back than the grain belongs to these times; a later write leaves
 * others, which are seen by whoever looks again: at the end of reading, or in the next build.
 * As the times are those of the scan, all waits of a build together are no longer than the grain.
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { TimeColumn, TreeInode } from "../ext4/tree.ts";
import type { Breather } from "../host/breathe.ts";
import { nowMs } from "../host/clock.ts";

/** The kernel stamps files by a clock that ticks 100 times a second at least. */
const TICK_MS = 10;
/** Some file systems keep whole seconds, FAT every second one. */
const WHOLE_SECONDS_MS = 2000;
/** Sleeping is cut into such pieces, so that Ctrl-C is heard. */
const PIECE_MS = 25;

/** The times of scanned inodes, as far as they are known. */
export interface ScannedTimes {
  readonly mtime: TimeColumn;
  readonly ctime?: TimeColumn | undefined;
}

/** @returns `undefined` for a file that may be read at once, as most may */
export function settle(
  times: ScannedTimes,
  row: TreeInode,
  breather: Breather,
): Promise<void> | undefined {
  const untilMs = settledAtMs(times, row, nowMs());
  return untilMs > nowMs() ? sleepUntil(untilMs, breather) : undefined;
}

/** Whether a file may be read at once. */
export function isSettled(times: ScannedTimes, row: TreeInode): boolean {
  const now = nowMs();
  return settledAtMs(times, row, now) <= now;
}

/**
 * When a file's times lie further back than the clock's grain, in milliseconds since 1970.
 *
 * A time to come says nothing of when the file was written: nobody waits for it.
 */
export function settledAtMs({ mtime, ctime }: ScannedTimes, row: TreeInode, nowMs: number): number {
  const { nanoseconds } = ctime ?? mtime;
  const grainMs = nanoseconds[row] === 0 ? WHOLE_SECONDS_MS : TICK_MS;
  const writtenMs = millisecondsOf(mtime, row);
  const changedMs = ctime === undefined ? writtenMs : millisecondsOf(ctime, row);
  const written = writtenMs > nowMs ? -Infinity : writtenMs;
  const changed = changedMs > nowMs ? -Infinity : changedMs;
  return Math.max(written, changed) + grainMs;
}

/** Whether a file claims to have been written, or changed, at a time to come. */
export function isOfTheFuture(
  { mtime, ctime }: ScannedTimes,
  row: TreeInode,
  nowMs: number,
): boolean {
  return millisecondsOf(mtime, row) > nowMs ||
    (ctime !== undefined && millisecondsOf(ctime, row) > nowMs);
}

async function sleepUntil(untilMs: number, breather: Breather): Promise<void> {
  // The clock may be set back meanwhile: then the rest is not waited for.
  for (let leftMs = untilMs - nowMs(); leftMs > 0; leftMs -= PIECE_MS) {
    await sleep(Math.min(leftMs, PIECE_MS));
    await breather.pause();
  }
}

function millisecondsOf({ seconds, nanoseconds }: TimeColumn, row: TreeInode): number {
  return seconds[row]! * 1000 + nanoseconds[row]! / 1e6;
}
