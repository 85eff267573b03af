/**
 * What a build may leave beside its output, written down beside it: whoever looks there finds it,
 * after a reboot as well, or where the temporary folder was another one.
 *
 * `IMAGE.build.partial` is made before anything else, locked while the build lives, and removed
 * when nothing is left. It holds a line of JSON for each file or folder beside the image, and one
 * for what is about to be made final. It names nothing that lies elsewhere.
 * @module
 */

import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import process from "node:process";
import { hasCode } from "../libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  openAt,
  tryLock,
  writeAll,
} from "../libc/files.ts";
import { claimPartial } from "./claim_partial.ts";
import type { Move } from "./publication.ts";
import { explainPublish } from "./publish_error.ts";
import { removeLeft } from "./remove_left.ts";
import { syncPath } from "./sync_path.ts";
import { explainWrite } from "./write_error.ts";

const SUFFIX = ".build.partial";
const encoder = new TextEncoder();

/** The record of a build that runs. */
export class BuildRecord {
  readonly #beside = new Set<string>();

  private constructor(private readonly path: string, private readonly lock: Descriptor) {}

  /**
   * Begins one.
   *
   * @param finalPath The output, by its real folder.
   * @param shown The output as the user named it, printable.
   * @throws EnvironmentError as `claimPartial` does.
   */
  static begin(finalPath: string, shown: string): BuildRecord {
    const path = `${finalPath}${SUFFIX}`;
    return new BuildRecord(path, claimPartial(path, shown));
  }

  /** Writes down a file or folder in the output's folder that goes when the build ends. */
  note(path: string): void {
    if (this.#beside.has(path)) return;
    if (this.#isBeside(path)) this.#write({ beside: basename(path) });
    this.#beside.add(path);
  }

  /** Writes down what is about to be made final, so that a kill in the middle can be undone. */
  async notePublishing(moves: readonly Move[]): Promise<void> {
    const publishing = moves.filter(({ finalPath }) => this.#isBeside(finalPath)).map((move) => ({
      name: basename(move.finalPath),
      ...move.inode !== undefined && { inode: move.inode },
      ...move.aside !== undefined && { aside: basename(move.aside) },
    }));
    this.#write({ publishing });
    try {
      await syncPath(this.path);
    } catch (error) {
      throw explainPublish(this.path, error);
    }
  }

  /**
   * Removes all that was written down and what else is left, and then the record itself. What
   * cannot be removed stays written down, for `icecore clean`.
   */
  end(left: readonly string[]): void {
    try {
      removeLeft([...left, ...this.#beside]);
      removeLeft([this.path]);
    } finally {
      close(this.lock);
    }
  }

  /** Gives it up with all that it names, for `icecore clean`. */
  leave(): void {
    close(this.lock);
  }

  /** Its folder may have been named by a link. */
  #isBeside(path: string): boolean {
    return realpathSync(dirname(path)) === dirname(this.path);
  }

  #write(line: object): void {
    try {
      writeAll(this.lock, encoder.encode(`${JSON.stringify(line)}\n`));
    } catch (error) {
      throw explainWrite(this.path, error);
    }
  }
}

/** What a killed build has left; its record is locked until `forget` is called. */
export interface LeftBeside {
  /** The output it was to make. */
  readonly finalPath: string;
  /** Files and folders beside it that its steps wrote, there or not. */
  readonly beside: readonly string[];
  /** What was about to be made final; in part, entirely or not at all. */
  readonly moves: readonly Move[];
  /** The record itself, which goes last. */
  readonly record: string;
  readonly forget: () => void;
}

/** Records in a folder of builds that are no more, each locked for the caller. */
export function findLeftBeside(folder: string): LeftBeside[] {
  return readdirSync(folder).filter((name) => name.endsWith(SUFFIX) && name !== SUFFIX)
    .flatMap((name) => claimLeft(`${folder === "/" ? "" : folder}/${name}`));
}

/** The record of an output, where its build is no more; locked for the caller. */
export function leftBeside(finalPath: string): LeftBeside[] {
  return claimLeft(`${finalPath}${SUFFIX}`);
}

function claimLeft(path: string): LeftBeside[] {
  if (!isBelieved(path)) return [];
  let lock: Descriptor;
  try {
    lock = openAt(CURRENT_FOLDER, path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ELOOP", "EACCES")) return [];
    throw error;
  }
  if (!tryLock(lock)) {
    close(lock);
    return [];
  }
  try {
    return [{ ...read(path), forget: () => close(lock) }];
  } catch (error) {
    close(lock);
    throw error;
  }
}

/** Others may have planted it where they may write, to have files removed. */
function isBelieved(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isFile() === true && status.nlink === 1 && status.uid === process.geteuid!();
}

function read(record: string): Omit<LeftBeside, "forget"> {
  const folder = dirname(record);
  const at = (name: string) => `${folder === "/" ? "" : folder}/${name}`;
  const beside: string[] = [];
  let moves: readonly Move[] = [];
  for (const line of readFileSync(record, "utf8").split("\n")) {
    const { beside: name, publishing } = parse(line);
    if (isPartialName(name)) beside.push(at(name));
    if (Array.isArray(publishing)) moves = publishing.flatMap((each) => moveOf(each, at));
  }
  const finalPath = record.slice(0, -SUFFIX.length);
  return { finalPath, beside, moves, record };
}

/** A line may be cut short, where the disk was full or the power went. */
function parse(line: string): { readonly beside?: unknown; readonly publishing?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function moveOf(value: unknown, at: (name: string) => string): Move[] {
  if (typeof value !== "object" || value === null) return [];
  const { name, inode, aside } = value as Record<string, unknown>;
  if (!isName(name)) return [];
  return [{
    finalPath: at(name),
    ...typeof inode === "string" && { inode },
    ...isPartialName(aside) && { aside: at(aside) },
  }];
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("/");
}

function isPartialName(value: unknown): value is string {
  return isName(value) && value.endsWith(".partial");
}
