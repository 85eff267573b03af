/**
 * What the reader gives out for each name of a folder.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import { joinPath, pathText } from "./path.ts";
import type { FileKind, Stat } from "./stat.ts";
import type { FolderOfWalk } from "./walk.ts";

/** One name of a folder, with the metadata of what it names. */
export class Entry {
  /**
   * @param name bytes without slash or NUL; never `.` or `..`
   * @param stat of the inode it names
   */
  constructor(readonly name: Uint8Array, readonly stat: Stat) {}

  /** The name as a string; what is no UTF-8 becomes U+FFFD. */
  get nameText(): string {
    return pathText(this.name);
  }

  /** The inode it names. */
  get inode(): InodeNumber {
    return this.stat.inode;
  }

  /** What it names. */
  get kind(): FileKind {
    return this.stat.kind;
  }
}

/** An entry that was met in a walk. */
export class WalkedEntry extends Entry {
  constructor(readonly folder: FolderOfWalk, name: Uint8Array, stat: Stat) {
    super(name, stat);
  }

  /** From the root of the image, without a slash at its start. */
  get path(): Uint8Array {
    return joinPath(this.folder.path, this.name);
  }

  /** The path as a string; what is no UTF-8 becomes U+FFFD. */
  get pathText(): string {
    return pathText(this.path);
  }
}

/** A folder met in a walk, with all of its entries, ordered by the bytes of their names. */
export interface WalkedFolder extends FolderOfWalk {
  readonly entries: readonly Entry[];
}
