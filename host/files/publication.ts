/**
 * Several files take their final names: all of them, or what was there before is there again.
 * @module
 */

import { linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { printable } from "../libc/paths.ts";
import { giveName } from "./give_name.ts";
import { explainPublish } from "./publish_error.ts";
import { requireFree } from "./require_free.ts";
import { syncPath } from "./sync_path.ts";

/** A file that is to have its final name. */
export interface Publishable {
  readonly path: string;
  readonly finalPath: string;
  /** Files of an earlier build that go with it, where replacing was asked for. */
  readonly replaces?: readonly string[];
}

/** What becomes of one name. */
export interface Move {
  readonly finalPath: string;
  /** The file that takes the name; absent where the name only goes. */
  readonly path?: string;
  /** That file's inode, by which it is known again under its new name. */
  readonly inode?: string;
  /** Where the file that has the name now is kept until all is done. */
  readonly aside?: string;
}

/** Files on their way to their final names. */
export class Publication {
  readonly #placed = new Set<Move>();

  private constructor(readonly moves: readonly Move[]) {}

  /**
   * Looks what is to be done, and touches nothing.
   *
   * @param files The last one takes its name last: when it has it, all have theirs.
   * @throws EnvironmentError `output-exists`.
   */
  static plan(files: readonly Publishable[], force: boolean): Publication {
    const finalPaths = new Set<string>();
    for (const { finalPath } of files) {
      requireFree(finalPath, force);
      if (finalPaths.has(finalPath)) throw twice(finalPath);
      finalPaths.add(finalPath);
    }
    const stale = !force ? [] : files.flatMap(({ replaces = [] }) => replaces)
      .filter((path) => !finalPaths.has(path) && inodeOf(path) !== undefined);
    const names: Move[] = [...new Set(stale)].map((finalPath) => ({ finalPath }));
    for (const { path, finalPath } of files) {
      const inode = inodeOf(path);
      names.push({ finalPath, path, ...inode !== undefined && { inode } });
    }
    const id = crypto.randomUUID().slice(0, 8);
    return new Publication(names.map((move, index) => {
      if (inodeOf(move.finalPath) === undefined) return move;
      return { ...move, aside: `${folderOf(move.finalPath)}.icecore-${id}-${index}.partial` };
    }));
  }

  /**
   * Gives all files their names, and waits until their folders are on the disk.
   *
   * @throws EnvironmentError naming the file that failed; all is then as it was before.
   */
  async run(): Promise<void> {
    let current = "";
    try {
      for (const move of this.moves) setAside(move, current = move.finalPath);
      for (const move of this.moves) {
        current = move.finalPath;
        place(move);
        this.#placed.add(move);
      }
      for (const folder of new Set(this.moves.map(({ finalPath }) => dirname(finalPath)))) {
        await syncPath(current = folder);
      }
    } catch (error) {
      throw explainPublish(current, error, this.undo());
    }
  }

  /** Puts back what was changed, the last first. @returns What could not be put back. */
  undo(): unknown[] {
    const errors: unknown[] = [];
    for (const move of this.moves.toReversed()) {
      try {
        undoMove(move, this.#placed.has(move));
        this.#placed.delete(move);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  /** What is kept of the files that were replaced. */
  get asides(): string[] {
    return this.moves.flatMap(({ aside }) => aside ?? []);
  }
}

/**
 * Puts back what a move has changed, which may have been done in part.
 *
 * @param isPlaced Whether the move's file has its final name.
 * @throws Error of the system; also where something else has the name by now.
 */
export function undoMove({ finalPath, path, aside }: Move, isPlaced: boolean): void {
  const kept = aside === undefined ? undefined : inodeOf(aside);
  if (kept === undefined) {
    if (!isPlaced) return;
    // After a kill its partial name is not needed any more.
    if (path === undefined) unlinkSync(finalPath);
    else renameSync(finalPath, path);
    return;
  }
  const there = inodeOf(finalPath);
  if (there === kept) unlinkSync(aside!);
  else if (isPlaced || there === undefined) renameSync(aside!, finalPath);
  else throw new Error(`${printable(finalPath)} was replaced meanwhile; its old one is ${aside}`);
}

/** By a link, so that the name is never without a file; by renaming where links are refused. */
function setAside({ path, aside }: Move, finalPath: string): void {
  if (aside === undefined) return;
  if (path !== undefined && isLinked(finalPath, aside)) return;
  renameSync(finalPath, aside);
}

function isLinked(path: string, aside: string): boolean {
  try {
    linkSync(path, aside);
    return true;
  } catch {
    // Renaming, which is tried next, has the better error.
    return false;
  }
}

function place({ finalPath, path, aside }: Move): void {
  if (path === undefined) return;
  if (aside === undefined) giveName(path, finalPath);
  else renameSync(path, finalPath);
}

/** By which a file of a folder is known again; `undefined` where there is none. */
export function inodeOf(path: string): string | undefined {
  const status = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? undefined : String(status.ino);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function twice(finalPath: string): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${printable(finalPath)}: two files of this build are to have that name. ` +
      "Look at the artifacts of its steps.",
    "output-exists",
  );
}
