/**
 * Threads that give way to all others.
 * @module
 */

import process from "node:process";
import { C_LIBRARY, openLibrary } from "../libc/library.ts";

// `sched_setscheduler` goes through `syscall`: that of musl does nothing.
const SIGNATURES = {
  syscall: { parameters: ["i64", "i32", "i32", "buffer"], result: "i32" },
} as const;

const SCHED_SETSCHEDULER = process.arch === "arm64" ? 119 : 144;
const SCHED_IDLE = 5;

/**
 * From now on this thread runs only where a processor has nothing else to do. It cannot go back, and
 * nobody may wait for it: on a busy machine it does not go on. Where the system forbids it, the
 * thread stays what it was.
 */
export function giveWay(): void {
  const { functions } = openLibrary([C_LIBRARY], SIGNATURES);
  // Of this thread, with `sched_priority` 0.
  functions.syscall(SCHED_SETSCHEDULER, 0, SCHED_IDLE, new Int32Array(1));
}
