/**
 * What could not be restored: counted, once a kind, with the first path.
 * @module
 */

import type { SystemError } from "../../host/libc/errno.ts";

/** What kind of thing was not restored; scripts may rely on these words. */
export type LossKind =
  /** Files belong to the caller: only root may give them away. */
  | "owner"
  /** Setuid and setgid bits of files that could not get their owner. */
  | "setuid"
  /** An extended attribute, an ACL or a capability. */
  | "attribute"
  /** A device node, FIFO or socket is missing. */
  | "node"
  /** A hard link became a file of its own. */
  | "link"
  /** A time or permission bits were refused. */
  | "metadata";

/** Codes by which a target says that it cannot keep something: a loss, and no failure. */
export const REFUSALS = ["EPERM", "EOPNOTSUPP", "EINVAL", "ERANGE", "EACCES"];

/** All losses of one kind and reason. */
export interface Loss {
  /** What kind of thing could not be restored. */
  readonly kind: LossKind;
  /** How often. */
  readonly count: number;
  /** The first, printable, from the root of the image. */
  readonly firstPath: string;
  /** Why, for people. */
  readonly reason: string;
  /** Whether something is missing that the caller had the right to: exit code 3. */
  readonly isGrave: boolean;
}

/** Counts losses. */
export class Losses {
  readonly #found = new Map<string, { -readonly [K in keyof Loss]: Loss[K] }>();

  /** @param path Asked for only at the first of its kind. */
  add(kind: LossKind, reason: string, isGrave: boolean, path: () => string, count = 1): void {
    const key = `${kind} ${reason}`;
    const known = this.#found.get(key);
    if (known === undefined) {
      this.#found.set(key, { kind, count, firstPath: path(), reason, isGrave });
    } else known.count += count;
  }

  /** The same for a system call that failed: what only root may do is not a grave loss. */
  addError(
    kind: LossKind,
    what: string,
    error: SystemError,
    path: () => string,
    count = 1,
  ): void {
    this.add(kind, `${what}: ${error.meaning}`, error.code !== "EPERM", path, count);
  }

  get all(): readonly Loss[] {
    return [...this.#found.values()];
  }
}
