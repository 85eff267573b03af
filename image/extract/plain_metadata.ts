/**
 * The metadata that every file has: owner, mode and times, set by whichever thread made the file.
 * @module
 */

import { hasCode, SystemError } from "../../host/libc/errno.ts";
import type { Timestamp } from "../../host/libc/status.ts";
import { REFUSALS } from "./losses.ts";

/** What is to be set beside times. */
export interface OwnerAndMode {
  /** `KEEP_OWNER` where the file belongs to the right one when it is made. */
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, with those of setuid and setgid. */
  readonly mode: number;
}

/** All that is to be set. */
export interface PlainMetadata extends OwnerAndMode {
  readonly atime: Timestamp;
  readonly mtime: Timestamp;
}

/** No user has this number. */
export const KEEP_OWNER = 0xffff_ffff;

/** Setuid to somebody else than meant would be a gift to whoever extracts. */
export const SETUID_SETGID = 0o6000;

/** What a file system may refuse. Without its owner, a file does not get its setuid bits either. */
export type Refused = "owner" | "setuid" | "mode" | "times";

/** Receives what the file system does not keep. */
export type OnRefused = (what: Refused, error: SystemError) => void;

/** Gives something its owner. @returns The mode that it may have then. */
export function giveOwner(
  { uid, gid, mode }: OwnerAndMode,
  set: (uid: number, gid: number) => void,
  onRefused: OnRefused,
): number {
  if (uid === KEEP_OWNER) return mode;
  try {
    set(uid, gid);
    return mode;
  } catch (error) {
    return withoutOwner(mode, error, onRefused);
  }
}

/** The mode of what could not be given its owner. @throws what is not a refusal */
export function withoutOwner(mode: number, error: unknown, onRefused: OnRefused): number {
  const refused = requireRefusal(error);
  onRefused("owner", refused);
  const refusedMode = mode & ~SETUID_SETGID;
  if (mode !== refusedMode) onRefused("setuid", refused);
  return refusedMode;
}

/** Whether something could be set. @throws SystemError for what is not a refusal. */
export function attempt(what: Refused, set: () => void, onRefused: OnRefused): boolean {
  try {
    set();
    return true;
  } catch (error) {
    onRefused(what, requireRefusal(error));
    return false;
  }
}

/** An error that says that a file system does not keep something. @throws every other */
export function requireRefusal(error: unknown): SystemError {
  if (!(error instanceof SystemError) || !hasCode(error, ...REFUSALS)) throw error;
  return error;
}
