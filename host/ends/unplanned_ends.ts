/**
 * Ends that nobody planned while work is under way: a module of the user's that ends the process,
 * or throws where nobody waits.
 * @module
 */

import process from "node:process";
import { endsAtOnce, undoAll } from "./forced_exit.ts";

/** What is printed of such ends. */
export interface UnplannedEnds {
  /** An error was thrown that nobody waited for; the work goes on. */
  onStray(error: unknown): void;
  /** The process ends by `process.exit`; what was left is released. */
  onExit(): void;
}

/** Watches for them. @returns A function that stops watching. */
export function watchUnplanned({ onStray, onExit }: UnplannedEnds): () => void {
  const exiting = () => {
    if (endsAtOnce()) return;
    undoAll();
    onExit();
    // Whatever code the module gave: what was to be done is not done.
    process.exitCode = 1;
  };
  process.on("exit", exiting);
  process.on("uncaughtException", onStray);
  process.on("unhandledRejection", onStray);
  return () => {
    process.off("exit", exiting);
    process.off("uncaughtException", onStray);
    process.off("unhandledRejection", onStray);
  };
}
