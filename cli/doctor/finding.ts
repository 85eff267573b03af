/**
 * What was found out about a machine.
 * @module
 */

/** One thing that was looked at. */
export interface Finding {
  /** What it is, e.g. `e2fsck`, `root`. */
  readonly name: string;
  /** Whether it is there and usable. */
  readonly ok: boolean;
  /** Its version or state; what to do where it is missing. */
  readonly detail: string;
  /** What needs it. */
  readonly neededFor: string;
}
