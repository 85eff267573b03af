/**
 * The metadata that every file has: owner, mode and times, set by whichever thread made the file.
 * @module
 */

import { hasCode, SystemError } from "../../host/libc/errno.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { setModeOfOpen, setOwnerOfOpen, setTimesOfOpen } from "../../host/libc/open_nodes.ts";
import type { Timestamp } from "../../host/libc/status.ts";
import { REFUSALS } from "./losses.ts";

/** What is to be set. */
export interface PlainMetadata {
  /** `KEEP_OWNER` where the file belongs to the right one when it is made. */
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, with those of setuid and setgid. */
  readonly mode: number;
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

/**
 * Sets it all on an open file. @throws SystemError for what is not a refusal.
 */
export function setPlainMetadata(
  fd: Descriptor,
  metadata: PlainMetadata,
  onRefused: OnRefused,
): void {
  // A new owner clears setuid bits: the mode comes after it.
  const mode = giveOwner(metadata, (uid, gid) => setOwnerOfOpen(fd, uid, gid), onRefused);
  attempt("mode", () => setModeOfOpen(fd, mode), onRefused);
  attempt("times", () => setTimesOfOpen(fd, metadata.atime, metadata.mtime), onRefused);
}

/** Gives something its owner. @returns The mode that it may have then. */
export function giveOwner(
  { uid, gid, mode }: PlainMetadata,
  set: (uid: number, gid: number) => void,
  onRefused: OnRefused,
): number {
  const refusedMode = mode & ~SETUID_SETGID;
  const onOwnerRefused: OnRefused = (what, error) => {
    onRefused(what, error);
    if (mode !== refusedMode) onRefused("setuid", error);
  };
  const isOwned = uid === KEEP_OWNER || attempt("owner", () => set(uid, gid), onOwnerRefused);
  return isOwned ? mode : refusedMode;
}

/** Whether something could be set. @throws SystemError for what is not a refusal. */
export function attempt(what: Refused, set: () => void, onRefused: OnRefused): boolean {
  try {
    set();
    return true;
  } catch (error) {
    if (!(error instanceof SystemError) || !hasCode(error, ...REFUSALS)) throw error;
    onRefused(what, error);
    return false;
  }
}
