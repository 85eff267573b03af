/**
 * Whether blocks can be cloned from one folder into another.
 * @module
 */

import { randomUUID } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { areClonesReliable, cloneRange } from "../../host/libc/clone.ts";
import { meaningOf } from "../../host/libc/errno.ts";
import {
  close,
  closeRead,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  openAt,
} from "../../host/libc/files.ts";
import { removeName } from "../../host/libc/nodes.ts";
import { printable } from "../../host/libc/paths.ts";
import { CLONED_BLOCK_BYTES, whyRefused } from "../../steps/pack/cloner.ts";
import type { Finding } from "./finding.ts";

/** What needs it. */
export const REFLINK = "cloning between the two folders";
/** So many names are looked at for a file that is large enough. */
const MOST_NAMES = 100_000;

/** Clones a block of some file of a folder into a new file in another, and removes that. */
export function reflinkFinding(from: string, to: string): Finding {
  const found = (ok: boolean, detail: string): Finding => ({
    name: "reflink",
    ok,
    detail,
    neededFor: REFLINK,
  });
  const names = `${printable(from)} into ${printable(to)}`;
  try {
    const file = fileToClone(from);
    if (file === undefined) {
      const why = `no file of ${CLONED_BLOCK_BYTES} bytes or more was found in ${printable(from)}`;
      return found(false, `cannot be tried: ${why}`);
    }
    const refusal = tryClone(file, to);
    return refusal === undefined
      ? found(true, `blocks can be cloned from ${names}`)
      : found(false, `nothing is cloned from ${names}: ${refusal}`);
  } catch (error) {
    return found(false, `cannot be tried from ${names}: ${meaningOf(error)}`);
  }
}

/** The first file that has a whole block, nearest to the top. */
function fileToClone(path: string): string | undefined {
  if (statSync(path).isFile()) return path;
  const folders = [path];
  let countNames = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (++countNames > MOST_NAMES) return undefined;
      const name = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(name);
      if (entry.isFile() && statSync(name).size >= CLONED_BLOCK_BYTES) return name;
    }
  }
  return undefined;
}

/** @returns why it was refused; `undefined` when it was done */
function tryClone(path: string, to: string): string | undefined {
  const name = `.icecore-doctor-${randomUUID()}`;
  const source = openAt(CURRENT_FOLDER, path, O_RDONLY | O_NONBLOCK);
  let folder: Descriptor | undefined;
  try {
    folder = openAt(CURRENT_FOLDER, to, O_RDONLY | O_DIRECTORY);
    if (!areClonesReliable(folder)) {
      return "on ZFS, of which some versions lose data by clones, it is not done by itself";
    }
    const target = openAt(folder, name, O_RDWR | O_CREAT | O_EXCL, 0o600);
    try {
      const range = { fd: source, offsetBytes: 0, lengthBytes: CLONED_BLOCK_BYTES };
      const refusal = cloneRange(range, target, 0);
      return refusal && whyRefused(refusal);
    } finally {
      close(target);
      removeName(folder, name, "file");
    }
  } finally {
    closeRead(source);
    if (folder !== undefined) closeRead(folder);
  }
}
