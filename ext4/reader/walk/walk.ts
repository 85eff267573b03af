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
import { RawEntries } from "../directory/raw_entries.ts";
import { loadNamed, peekNamed } from "../directory/named_inode.ts";
import type { RawEntry } from "../directory/raw_entry.ts";
import { hasFlag } from "../inode/inode.ts";
import { leaveOut } from "../leave_out.ts";
import type { KnownInodes } from "../metadata/known_inodes.ts";
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
  readonly #scratch: RawEntries | undefined;
  readonly #known: KnownInodes | undefined;
  #subfolders: Waiting[] = [];

  /**
   * @param path of the folder to begin at
   * @param isSorted whether folders come in the order of their names, or as they are stored
   * @param known what need not be read once more, of a sorted walk
   */
  constructor(
    volume: Volume,
    path: Uint8Array,
    stat: Stat,
    isSorted: boolean,
    known?: KnownInodes,
  ) {
    this.#volume = volume;
    this.#isSorted = isSorted;
    // Of a sorted walk, all names of a folder are copied to be ordered.
    if (isSorted) this.#scratch = new RawEntries();
    // Where what is broken is left out, other inodes may stand in for those that are known.
    if (isSorted && volume.leaving.onBroken === undefined) this.#known = known;
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
        const { inodes } = this.#volume;
        const { inode: number } = folder.stat;
        const inode = inodes.peek(number) ?? (yield* inodes.load(number));
        // What lies in an encrypted folder is encrypted as well: one message is enough.
        if (hasFlag(inode, "encrypt") && !isInEncrypted(folder)) {
          leaveOut(encrypted(inode), this.#volume.leaving, () => pathOf(folder));
        }
        this.#window = new EntryWindow(yield* openFolder(this.#volume, inode), this.#scratch);
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
    const known = this.#known;
    let list: EntryList | undefined;
    let countBefore = 0;
    const here = () => list ??= new EntryList(this.#window!.read, known?.stats);
    const addKnown = (raw: RawEntry) => {
      const row = known?.rowOf(raw);
      if (row === undefined) return false;
      if (known!.isFolder(row)) this.#enqueue(raw.name.slice(), known!.stats.at(row));
      here().addKnown(raw, row);
      return true;
    };
    const add = (raw: RawEntry, stat: Stat) => here().add(raw, stat);
    while (yield* this.#visitSome(BATCH_ENTRIES, add, known && addKnown)) {
      const count = list?.length ?? 0;
      if (count - countBefore >= BATCH_ENTRIES) this.#volume.afterMany();
      countBefore = count;
    }
    // Names are copied by now: of a large folder, there need not be room for both while they are used.
    this.#scratch?.clear();
    return list?.sort() ?? new EntryList();
  }

  /**
   * @param visitKnown whether it was visited without being read
   * @returns false at the end of the folder
   */
  *#visitSome(
    most: number,
    visit: (raw: RawEntry, stat: Stat) => void,
    visitKnown?: (raw: RawEntry) => boolean,
  ): Reading<boolean> {
    const volume = this.#volume;
    const { leaving } = volume;
    const { inode: folder } = this.#current.stat;
    const window = this.#window!;
    let one = window.take();
    if (one === undefined) {
      if (window.isDone) return false;
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
        if (visitKnown?.(raw) !== true) {
          const inode = peekNamed(volume, folder, one) ?? (yield* loadNamed(volume, folder, one));
          const stat = statOf(
            volume.geometry,
            inode,
            (error) => leaveOut(error, leaving, () => this.#pathBelow(raw.name)),
          );
          if (stat.kind === "folder") this.#enqueue(raw.name.slice(), stat);
          visit(one, stat);
        }
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
