/**
 * The end of the process at once, and what must still be undone then.
 * @module
 */

import process from "node:process";
import { libc } from "../libc/calls.ts";
import { hasForeignFunctions } from "../runtime.ts";

const undos = new Set<() => void>();
let isForced = false;

/** Registers a synchronous undo; returns a function that forgets it. */
export function atForcedExit(undo: () => void): () => void {
  undos.add(undo);
  return () => undos.delete(undo);
}

/** Runs all undos, the last registered first; what they throw is returned. */
export function undoAll(): unknown[] {
  const errors: unknown[] = [];
  for (const undo of [...undos].reverse()) {
    try {
      undo();
    } catch (error) {
      errors.push(error);
    }
  }
  undos.clear();
  return errors;
}

/** Undoes all and ends the process, without waiting for anything. */
export function endAtOnce(exitCode: number): never {
  isForced = true;
  for (const error of undoAll()) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`icecore: cannot clean up: ${why}. Run: icecore clean\n`);
  }
  leave(exitCode);
}

/** Ends the process, without waiting for threads: Bun's own way waits for each to end. */
export function leave(exitCode: number): never {
  if (hasForeignFunctions()) libc._exit(exitCode);
  process.exit(exitCode);
}

/** Whether the process ends because somebody wanted it at once. */
export function endsAtOnce(): boolean {
  return isForced;
}
