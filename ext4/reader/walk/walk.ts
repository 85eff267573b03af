/**
 * Walks a folder and all below it: first all entries of a folder, then folder by folder what is in
 * them, as `ls -R` does.
 *
 * Nothing here recurses. What is kept is the folders still to be listed; each is an inode of its
 * own, as a folder that is reached twice is an error.
 * @module
 */

import { compareBytes } from "../../compare_bytes.ts";
import { type InodeNumber, ROOT_INODE } from "../../numbers.ts";
import { encrypted } from "../contents/file_data.ts";
import { corrupt } from "../corrupt.ts";
import { InodeSet } from "../directory/inode_set.ts";
import { loadNamed, peekNamed } from "../directory/named_inode.ts";
import type { RawEntry } from "../directory/raw_entry.ts";
import { hasFlag } from "../inode/inode.ts";
import { leaveOut } from "../leave_out.ts";
import { isEncrypted, type Stat, statOf } from "../metadata/stat.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { EntryList } from "./entry_list.ts";
import { EntryWindow } from "./entry_window.ts";
import type { FolderOfWalk } from "./folder_of_walk.ts";
import { openFolder } from "./open_folder.ts";

/** Deeper folders would make their paths alone fill the memory. */
const MAX_DEPTH = 65_536;
/** Entries of a folder that are looked at together. */
export const BATCH_ENTRIES = 32_768;
const SLASH = 0x2f;

interface Waiting {
  /** The folder it lies in, to make its path from; whole paths would be stored many times over. */
  readonly above: Waiting | undefined;
  readonly name: Uint8Array;
  readonly stat: Stat;
  readonly depth: number;
}

/** A walk under way. */
export class FolderWalk {
  readonly #volume: Volume;
  readonly #isSorted: boolean;
  readonly #seen = new InodeSet();
  readonly #waiting: Waiting[];
  #current: Waiting;
  #window: EntryWindow | undefined;
  #subfolders: Waiting[] = [];

  /**
   * @param path of the folder to begin at
   * @param isSorted whether folders come in the order of their names, or as they are stored
   */
  constructor(
    volume: Volume,
    path: Uint8Array,
    stat: Stat,
    isSorted: boolean,
  ) {
    this.#volume = volume;
    this.#isSorted = isSorted;
    this.#current = { above: undefined, name: path, stat, depth: 0 };
    this.#waiting = [this.#current];
    this.#seen.add(stat.inode);
  }

  /** Goes on to the next folder; `undefined` at the end. */
  *nextFolder(): Reading<FolderOfWalk | undefined> {
    if (this.#isSorted) this.#subfolders.sort((a, b) => compareBytes(a.name, b.name));
    while (this.#subfolders.length > 0) this.#waiting.push(this.#subfolders.pop()!);
    for (let folder = this.#waiting.pop(); folder !== undefined; folder = this.#waiting.pop()) {
      try {
        this.#current = folder;
        const inode = yield* this.#volume.inodes.load(folder.stat.inode);
        // What lies in an encrypted folder is encrypted as well: one message is enough.
        if (hasFlag(inode, "encrypt") && !isInEncrypted(folder)) {
          leaveOut(encrypted(inode), this.#volume.leaving, () => pathOf(folder));
        }
        this.#window = new EntryWindow(yield* openFolder(this.#volume, inode));
        return { path: pathOf(folder), depth: folder.depth, stat: folder.stat };
      } catch (error) {
        leaveOut(error, this.#volume.leaving, () => pathOf(this.#current));
      }
    }
    return undefined;
  }

  /**
   * Some more entries of the folder, ordered by inode; `undefined` at its end.
   * @param make what to give out for each
   * @throws CorruptImageError when a folder is reached a second time
   */
  *nextEntries<T>(make: (raw: RawEntry, stat: Stat) => T): Reading<T[] | undefined> {
    const entries: T[] = [];
    const isThere = yield* this.#visitSome(BATCH_ENTRIES, (raw, stat) => {
      entries.push(make(raw, stat));
    });
    return isThere ? entries : undefined;
  }

  /** All entries of the folder. @throws as `nextEntries` */
  *allEntries(): Reading<EntryList> {
    const list = new EntryList();
    let countBefore = 0;
    while (yield* this.#visitSome(BATCH_ENTRIES, (raw, stat) => list.add(raw, stat))) {
      if (list.length - countBefore >= BATCH_ENTRIES) this.#volume.afterMany();
      countBefore = list.length;
    }
    return list.sort();
  }

  /** @returns false at the end of the folder */
  *#visitSome(most: number, visit: (raw: RawEntry, stat: Stat) => void): Reading<boolean> {
    const volume = this.#volume;
    const { leaving } = volume;
    const { inode: folder } = this.#current.stat;
    const window = this.#window!;
    let one = window.take();
    if (one === undefined) {
      const isThere = yield* window.fill(
        leaving.onBroken && ((error) => leaveOut(error, leaving, () => pathOf(this.#current))),
      );
      this.#requireParent(window.cursor.parent);
      if (!isThere) return false;
      one = window.take();
    }
    for (let count = 0; one !== undefined;) {
      const raw: RawEntry = one;
      try {
        const inode = peekNamed(volume, folder, one) ?? (yield* loadNamed(volume, folder, one));
        const stat = statOf(
          volume.geometry,
          inode,
          (error) => leaveOut(error, leaving, () => this.#pathBelow(raw.name)),
        );
        if (stat.kind === "folder") this.#enqueue(raw.name.slice(), stat);
        visit(one, stat);
      } catch (error) {
        leaveOut(error, leaving, () => this.#pathBelow(raw.name));
      }
      one = ++count < most ? window.take() : undefined;
    }
    return true;
  }

  #pathBelow(name: Uint8Array): Uint8Array {
    const { stat, depth } = this.#current;
    return pathOf({ above: this.#current, name, stat, depth });
  }

  #enqueue(name: Uint8Array, stat: Stat): void {
    const above = this.#current;
    const fields = { inode: above.stat.inode, refersTo: stat.inode };
    if (!this.#seen.add(stat.inode)) {
      const why = "a folder is reached a second time";
      throw corrupt("folder-twice", "ext4_dir_entry_2", why, fields);
    }
    if (above.depth === MAX_DEPTH) {
      throw corrupt("folder-depth", "ext4_dir_entry_2", "folders lie too deep", fields);
    }
    this.#subfolders.push({ above, name, stat, depth: above.depth + 1 });
  }

  #requireParent(parent: InodeNumber): void {
    const { stat, above } = this.#current;
    const { inodes, lost } = this.#volume;
    const isLost = above !== undefined && lost?.isFolder(above.stat.inode) === true;
    if (isLost || inodes.standIn(stat.inode) !== undefined) return;
    const expected = stat.inode === ROOT_INODE ? ROOT_INODE : above?.stat.inode ?? parent;
    if (parent === expected || this.#window!.cursor.hasLeftOut) return;
    const error = corrupt("directory-parent", "ext4_dir_entry_2", "`..` is not the folder above", {
      inode: stat.inode,
      refersTo: parent,
      expected,
    });
    leaveOut(error, this.#volume.leaving, () => pathOf(this.#current));
  }
}

function isInEncrypted({ above }: Waiting): boolean {
  return above !== undefined && isEncrypted(above.stat);
}

function pathOf(folder: Waiting): Uint8Array {
  const names: Uint8Array[] = [];
  for (let at: Waiting | undefined = folder; at !== undefined; at = at.above) names.push(at.name);
  const path = new Uint8Array(names.reduce((sum, name) => sum + name.length + 1, 0));
  let end = 0;
  for (const name of names.reverse()) {
    if (end > 0) path[end++] = SLASH;
    path.set(name, end);
    end += name.length;
  }
  return path.subarray(0, end);
}
