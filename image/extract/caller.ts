/**
 * Who extracts.
 * @module
 */

import process from "node:process";

/** The rights that matter. */
export interface Caller {
  readonly isRoot: boolean;
  readonly uid: number;
  readonly gid: number;
}

/** The caller of this process. */
export function currentCaller(): Caller {
  const uid = process.geteuid!();
  return { isRoot: uid === 0, uid, gid: process.getegid!() };
}
