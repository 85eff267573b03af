/**
 * What a walk could not read, named by its path.
 * @module
 */

import { refuseOwnFault } from "../host/files/open_files.ts";
import { SystemError } from "../host/libc/errno.ts";
import { joinBytes, printable } from "../host/libc/paths.ts";
import type { Problem } from "../pipeline/problem.ts";
import { folderOf } from "../pipeline/source_path.ts";
import { ChangedError, type UnreadAttribute } from "./inode_reader.ts";

/** Where something is: the source as the user named it, and the path within. */
export interface Place {
  readonly source: string;
  readonly path: Uint8Array;
}

/** Names what could not be read. */
export class WalkProblems {
  constructor(private readonly onProblem: (problem: Problem) => void) {}

  /** @param result What is stored of it. @throws what is not a fault of the source. */
  failed(place: Place, error: unknown, result: string): void {
    if (error instanceof ChangedError) {
      const reason = `it keeps changing; ${result}`;
      return this.onProblem({ kind: "changed", path: shownPath(place), reason });
    }
    if (!(error instanceof SystemError)) throw error;
    this.#unreadable(place, error, `${error.meaning}; ${result}`);
  }

  /** Attributes that could not be read. */
  unread(place: Place, attributes: readonly UnreadAttribute[]): void {
    for (const { error, name } of attributes) {
      const [what, it] = name === undefined
        ? ["its attributes cannot be listed", "them"]
        : [`its attribute ${printable(name)} cannot be read`, "it"];
      this.#unreadable(place, error, `${what}: ${error.meaning}; it is stored without ${it}`);
    }
  }

  /** A file system whose files say that they are empty, and are not. */
  saysEmpty(place: Place, fileSystem: string): void {
    const reason =
      `the files of ${fileSystem} say that they are empty; their contents are not stored`;
    this.onProblem({ kind: "unsupported", path: shownPath(place), reason });
  }

  #unreadable(place: Place, error: SystemError, reason: string): void {
    const path = shownPath(place);
    refuseOwnFault(error, path);
    const kind = error.code === "ENOENT" ? "vanished" : "unreadable";
    this.onProblem({ kind, path, reason });
  }
}

/** A path for people. */
export function shownPath({ source, path }: Place): string {
  const top = new TextEncoder().encode(folderOf(source));
  return printable(path.length === 0 ? top : joinBytes(top, path));
}
