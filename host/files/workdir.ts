/**
 * The private folder of a build, and what a killed build left in it.
 *
 * Each holds `owner.json`, which names the image under construction, and which the build keeps
 * locked: the kernel drops the lock when the process ends, however it ends. A folder whose lock is
 * free therefore belongs to nobody any more.
 * @module
 */

import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { atForcedExit } from "../ends/forced_exit.ts";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode, meaningOf } from "../libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_NOFOLLOW,
  O_RDWR,
  openAt,
  tryLock,
  writeAll,
} from "../libc/files.ts";
import { printable } from "../libc/paths.ts";
import { refuseOwnFault } from "./open_files.ts";

const PREFIX = "icecore-";
const OWNER = "owner.json";
const UNFINISHED_OWNER = `${OWNER}.new`;

/** The environment variable by which the programs of a build are known. */
export const WORKDIR_VARIABLE = "ICECORE_WORKDIR";

/** What a build writes down about itself. */
export interface Owner {
  readonly processId: number;
  /** The file it writes to, e.g. `/srv/photos.img.partial`; `-` for stdout. */
  readonly partial: string;
}

/** A private folder, mode 0700. */
export interface Workdir {
  readonly path: string;
  /** Removes it. */
  release(): Promise<void>;
}

/**
 * Makes a private folder for a build that writes to `partial`.
 *
 * @param place Where; default: the folder for temporary files.
 * @throws EnvironmentError `no-temporary-folder`
 */
export function makeWorkdir(partial: string, place: string = tmpdir()): Workdir {
  let path: string | undefined;
  let lock: Descriptor;
  try {
    // Its real path: in another mount namespace a symbolic link would lead back out of it.
    path = mkdtempSync(`${realpathSync(place)}/${PREFIX}`);
    lock = writeOwner(path, { processId: process.pid, partial });
  } catch (error) {
    if (path !== undefined) removeUnowned(path);
    refuseOwnFault(error, printable(place));
    throw new EnvironmentError(
      `cannot make a temporary folder in ${printable(place)}: ${meaningOf(error)}. ` +
        (hasCode(error, "ENOSPC", "EDQUOT")
          ? "Make room there, or set TMPDIR to another folder."
          : "Set TMPDIR to a folder that you may write to."),
      "no-temporary-folder",
      { cause: error },
    );
  }
  const remove = () => rmSync(path, { recursive: true, force: true });
  const forget = atForcedExit(remove);
  return {
    path,
    release() {
      forget();
      remove();
      close(lock);
      return Promise.resolve();
    },
  };
}

/** Removes a private folder that has not come to be; it may be that no file can be opened. */
function removeUnowned(path: string): void {
  for (const name of [UNFINISHED_OWNER, OWNER]) rmSync(`${path}/${name}`, { force: true });
  rmdirSync(path);
}

/** The file gets its name when it is whole and locked: whoever finds it may believe it. */
function writeOwner(path: string, owner: Owner): Descriptor {
  const unfinished = `${path}/${UNFINISHED_OWNER}`;
  const lock = openAt(CURRENT_FOLDER, unfinished, O_RDWR | O_CREAT, 0o600);
  try {
    tryLock(lock);
    writeAll(lock, new TextEncoder().encode(JSON.stringify(owner)));
    renameSync(unfinished, `${path}/${OWNER}`);
    return lock;
  } catch (error) {
    close(lock);
    throw error;
  }
}

/** A folder that a killed build left; it stays locked until `forget` is called. */
export interface Leftover {
  readonly path: string;
  readonly owner: Owner;
  readonly forget: () => void;
}

/**
 * Folders of builds that have ended without removing them, each locked for the caller: those in
 * the temporary folder, and those in the usual places, since `TMPDIR` may have been another then.
 */
export function findLeftovers(): Leftover[] {
  const places = new Set([tmpdir(), "/tmp", "/var/tmp"].flatMap(realFolder));
  return [...places].flatMap((place) =>
    namesIn(place)
      .filter((name) => name.startsWith(PREFIX))
      .flatMap((name) => claimLeftover(`${place === "/" ? "" : place}/${name}`))
  );
}

function realFolder(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    // Nothing was left in a folder that is not there or cannot be reached.
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, "EACCES", "ENOTDIR")) return [];
    throw error;
  }
}

function claimLeftover(path: string): Leftover[] {
  // In a folder that all may write to, only what is ours is believed.
  const status = lstatSync(path, { throwIfNoEntry: false });
  const ours = status?.isDirectory() === true && status.uid === process.geteuid!() &&
    (status.mode & 0o077) === 0;
  if (!ours) return [];
  let lock: Descriptor | undefined;
  try {
    lock = openAt(CURRENT_FOLDER, `${path}/${OWNER}`, O_RDWR | O_NOFOLLOW);
    const owner = tryLock(lock) ? readOwner(path) : undefined;
    if (owner === undefined) return [];
    const held = lock;
    lock = undefined;
    return [{ path, owner, forget: () => close(held) }];
  } catch (error) {
    // Somebody else's: not a file, or taken away meanwhile.
    if (hasCode(error, "ENOENT", "ELOOP", "EISDIR")) return [];
    throw error;
  } finally {
    if (lock !== undefined) close(lock);
  }
}

/** What a build wrote down; `undefined` when the file was not written by icecore. */
function readOwner(path: string): Owner | undefined {
  try {
    const { processId, partial } = JSON.parse(readFileSync(`${path}/${OWNER}`, "utf8"));
    const isOwner = typeof processId === "number" && typeof partial === "string";
    return isOwner ? { processId, partial } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
