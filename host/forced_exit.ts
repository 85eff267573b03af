/**
 * What must still be undone when a second Ctrl-C ends the process at once.
 * @module
 */

const undos = new Set<() => void>();

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
