/**
 * The private folder of a build, and what a killed build left in it.
 *
 * Each holds `owner.json`, which names the image under construction, and which the build keeps
 * locked: the kernel drops the lock when the process ends, however it ends. A folder whose lock is
 * free therefore belongs to nobody any more.
 * @module
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { atForcedExit } from "./forced_exit.ts";
import { hasCode } from "./libc/errno.ts";
import { close, CURRENT_FOLDER, O_CREAT, O_RDWR, openAt, tryLock, writeAll } from "./libc/files.ts";
import type { Descriptor } from "./libc/files.ts";

const PREFIX = "icecore-";
const OWNER = "owner.json";

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

/** Makes a private folder for a build that writes to `partial`. */
export function makeWorkdir(partial: string): Workdir {
  mkdirSync(tmpdir(), { recursive: true });
  const path = mkdtempSync(`${tmpdir()}/${PREFIX}`);
  const owner: Owner = { processId: process.pid, partial };
  const lock = openAt(CURRENT_FOLDER, `${path}/${OWNER}`, O_RDWR | O_CREAT, 0o600);
  if (!tryLock(lock)) throw new Error(`cannot lock ${path}: another process took it`);
  writeAll(lock, new TextEncoder().encode(JSON.stringify(owner)));
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

/** A folder that a killed build left; `lock` is held until `forget` is called. */
export interface Leftover {
  readonly path: string;
  readonly owner: Owner;
  readonly forget: () => void;
}

/** Folders of builds that have ended without removing them, each locked for the caller. */
export function findLeftovers(): Leftover[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => claimLeftover(`${tmpdir()}/${name}`));
}

function claimLeftover(path: string): Leftover[] {
  // In a folder that all may write to, only what is ours is believed.
  const status = lstatSync(path, { throwIfNoEntry: false });
  const ours = status?.isDirectory() === true && status.uid === process.geteuid!() &&
    (status.mode & 0o077) === 0;
  if (!ours) return [];
  let lock: Descriptor | undefined;
  try {
    lock = openAt(CURRENT_FOLDER, `${path}/${OWNER}`, O_RDWR);
    if (tryLock(lock)) {
      const held = lock;
      lock = undefined;
      return [{ path, owner: readOwner(path), forget: () => close(held) }];
    }
    return [];
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  } finally {
    if (lock !== undefined) close(lock);
  }
}

/** Killed between making the file and filling it: then there is no image yet either. */
function readOwner(path: string): Owner {
  const text = readFileSync(`${path}/${OWNER}`, "utf8");
  return text === "" ? { processId: 0, partial: "-" } : JSON.parse(text) as Owner;
}
