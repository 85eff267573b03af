/**
 * Whether somebody else may have written a file.
 * @module
 */

import { type BigIntStats, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { printable } from "../libc/paths.ts";

const WRITABLE_BY_ALL = 0o002n;
/** In such a folder nobody may put something else in place of what belongs to others. */
const STICKY = 0o1000n;

/**
 * Why somebody other than this user and root may have written a file, or may put another in its
 * place: "it belongs to user 1000", say; `undefined` when nobody may.
 *
 * @throws what the kernel says when the file cannot be looked at.
 */
export function foreignHand(path: string): string | undefined {
  const real = realpathSync(path);
  const { uid, mode } = statusOf(real);
  if (uid !== 0n && uid !== BigInt(process.geteuid!())) return `it belongs to user ${uid}`;
  if ((mode & WRITABLE_BY_ALL) !== 0n) return "everybody may write to it";
  for (let at = real; at !== "/";) {
    at = dirname(at);
    const folder = statusOf(at);
    const isOpen = (folder.mode & WRITABLE_BY_ALL) !== 0n && (folder.mode & STICKY) === 0n;
    if (isOpen) return `everybody may write to the folder ${printable(at)}`;
  }
  return undefined;
}

function statusOf(path: string): BigIntStats {
  return statSync(path, { bigint: true });
}
