/**
 * Who can decrypt an age file, as the library `age-encryption` asks them.
 * @module
 */

import { EnvironmentError } from "../../../host/environment_error.ts";

/** A recipient's entry in a header: the file's key, wrapped for one of them. */
export interface Stanza {
  /** Its kind, e.g. `ssh-rsa`, and what belongs to it. */
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** Somebody who may be able to unwrap a file's key. */
export interface AgeIdentity {
  /**
   * Unwraps the file's key.
   *
   * @returns `null` where no entry is this identity's.
   * @throws Error where an entry is, and cannot be understood.
   */
  unwrapFileKey(stanzas: Stanza[]): Promise<Uint8Array | null>;
}

/** Receives what a passphrase is of, and returns it. @throws OutsideError */
export type AskPassphrase = (what: string) => Promise<string>;

/** Wraps an error of whoever was asked, or the reason of an interruption: the file is not to blame. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";

  constructor(override readonly cause: unknown) {
    super("interrupted from outside");
  }
}

/** The error of an identity that cannot be used. @param which e.g. `identity 2` */
export function badIdentity(which: string, why: string): EnvironmentError {
  return new EnvironmentError(`cannot use ${which}: ${why}`, "bad-identity");
}

/** The error of a passphrase that opens nothing. @param what It was thought to be of this. */
export function wrongPassphrase(what: string): EnvironmentError {
  return new EnvironmentError(
    `cannot decrypt ${what}: the passphrase is another one. Give the one that it was encrypted with.`,
    "wrong-passphrase",
  );
}
