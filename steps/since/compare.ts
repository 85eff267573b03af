/**
 * Compares a scanned source with a base, name by name.
 *
 * Inode and device numbers of the source are never looked at: a restored or moved source is the
 * same source.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { InodeNumber } from "../../ext4/numbers.ts";
import { isWhiteout } from "../../ext4/overlay_marks.ts";
import { type Inventory, takeInventory } from "../../ext4/plan/inventory.ts";
import { LOST_AND_FOUND } from "../../ext4/plan/names.ts";
import type { PlanNote } from "../../ext4/plan_image.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import {
  hasType,
  nameOf,
  S_IFDIR,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import type { BaseEntry, BaseFolder, BaseImage } from "./base_image.ts";
import { CHANGE, type Changes, type GoneFolder } from "./changes.ts";
import type { RowComparison } from "./row_comparison.ts";

/** Compares all. @throws what reading the base throws */
export async function compareWithBase(
  tree: Tree,
  base: BaseImage,
  rows: RowComparison,
  breather: Breather,
): Promise<Changes> {
  const notes: PlanNote[] = [];
  const inventory = takeInventory(tree, notes);
  const comparison = new Comparison(tree, inventory, rows);
  for await (const folder of base.folders()) {
    const comparing = comparison.compareFolder(folder);
    if (comparing !== undefined) await comparing;
    if (breather.due) await breather.pause();
  }
  return comparison.finish(notes);
}

/** Names of one inode, and the one inode of the base that they must all lead to. */
interface Linked {
  readonly stat: Stat;
  countNames: number;
  isTorn: boolean;
}

class Comparison {
  readonly #change: Uint8Array;
  readonly #gone = new Map<TreeInode, BaseEntry[]>();
  readonly #covering = new Set<TreeInode>();
  readonly #goneFolders = new Map<InodeNumber, GoneFolder>();
  readonly #goneRoots: GoneFolder[] = [];
  readonly #linked = new Map<TreeInode, Linked>();
  #emptied: GoneFolder | undefined;
  /** Folders of the base that the source has as well, until their names are compared. */
  readonly #waiting = new Map<InodeNumber, TreeInode>();
  #isFirst = true;

  constructor(
    private readonly tree: Tree,
    private readonly inventory: Inventory,
    private readonly rows: RowComparison,
  ) {
    this.#change = new Uint8Array(tree.countInodes).fill(CHANGE.new);
  }

  compareFolder(folder: BaseFolder): Promise<void> | undefined {
    if (this.#isFirst) {
      this.#isFirst = false;
      return this.#compareRoot(folder);
    }
    const { inode } = folder.stat;
    const row = this.#waiting.get(inode);
    if (row === undefined) return void this.#addGone(folder);
    this.#waiting.delete(inode);
    return this.#compareNames(row, folder.entries);
  }

  finish(notes: readonly PlanNote[]): Changes {
    for (const [row, { stat, countNames, isTorn }] of this.#linked) {
      const isWhole = !isTorn && countNames === this.inventory.countLinks[row] &&
        stat.countLinks === countNames;
      if (!isWhole && this.#change[row] === CHANGE.none) this.#change[row] = CHANGE.links;
    }
    const emptied = this.#emptied?.entries.length === 0 ? undefined : this.#emptied;
    return {
      change: this.#change,
      gone: this.#gone,
      goneFolders: this.#goneRoots.filter((folder) => folder !== this.#emptied || emptied),
      covering: this.#covering,
      emptied,
      isStored: (entry) => this.#isStored(entry),
      isRowStored: (row) => this.#isRowStored(row),
      notes: notes.filter(({ kind }) => kind === "socket-skipped" || kind === "name-refused"),
    };
  }

  async #compareRoot(folder: BaseFolder): Promise<void> {
    const root = 0 as TreeInode;
    await this.#compareRow(root, folder.stat);
    await this.#compareNames(root, folder.entries);
  }

  /** Both lists are ordered by bytes. */
  async #compareNames(folder: TreeInode, entries: readonly BaseEntry[]): Promise<void> {
    const { tree } = this;
    const { bytes, nameOffset, nameLength } = tree;
    const first = tree.payload[folder]!;
    const end = first + tree.countChildren[folder]!;
    let at = 0;
    for (let entry = first; entry < end; entry++) {
      if (!this.#isStored(entry as TreeEntry)) continue;
      const start = nameOffset[entry]!;
      const end = start + nameLength[entry]!;
      let order = -1;
      while (at < entries.length && (order = entries[at]!.compareName(bytes, start, end)) < 0) {
        this.#addGoneName(folder, entries[at++]!);
      }
      if (at === entries.length || order > 0) continue;
      const comparing = this.#compareName(entry as TreeEntry, entries[at++]!);
      if (comparing !== undefined) await comparing;
    }
    while (at < entries.length) this.#addGoneName(folder, entries[at++]!);
  }

  #compareName(entry: TreeEntry, found: BaseEntry): Promise<void> | undefined {
    const row = this.tree.entryInode[entry]! as TreeInode;
    if (this.inventory.countLinks[row] === 1 && this.rows.isPlainlySame(row, found)) {
      this.#change[row] = CHANGE.none;
      return undefined;
    }
    const { stat } = found;
    const folder = this.tree.entryParent[entry]! as TreeInode;
    const isFolder = hasType(this.tree, row, S_IFDIR);
    if (stat.kind === "folder") {
      if (!isFolder) this.#addGoneFolder(folder, { name: nameOf(this.tree, entry), stat });
      else this.#waiting.set(stat.inode, row);
    } else if (isFolder) {
      this.#covering.add(row);
    } else if (this.inventory.countLinks[row]! > 1) {
      return this.#compareLinked(row, stat);
    }
    return this.#compareRow(row, stat);
  }

  /** An inode with several names is compared at the first of them. */
  #compareLinked(row: TreeInode, stat: Stat): Promise<void> | undefined {
    const known = this.#linked.get(row);
    if (known === undefined) {
      this.#linked.set(row, { stat, countNames: 1, isTorn: false });
      return this.#compareRow(row, stat);
    }
    known.countNames++;
    if (known.stat.inode !== stat.inode) known.isTorn = true;
    return undefined;
  }

  #compareRow(row: TreeInode, stat: Stat): Promise<void> | undefined {
    const change = this.rows.changeOf(row, stat);
    const set = (change: number) => {
      const isTorn = change === CHANGE.none && stat.kind !== "folder" &&
        this.inventory.countLinks[row] === 1 && stat.countLinks !== 1;
      this.#change[row] = isTorn ? CHANGE.links : change;
    };
    if (change instanceof Promise) return change.then(set);
    set(change);
    return undefined;
  }

  /** A name that an image cannot hold counts as absent, and so does one that would be a mark. */
  #isStored(entry: TreeEntry): boolean {
    const row = this.tree.entryInode[entry]! as TreeInode;
    return !this.inventory.refused.has(entry) && this.#isRowStored(row);
  }

  #isRowStored(row: TreeInode): boolean {
    return this.inventory.numberOf[row] !== 0 &&
      !isWhiteout(this.tree.mode[row]!, this.tree.devices.get(row));
  }

  #addGoneName(folder: TreeInode, entry: BaseEntry): void {
    // Every image has this one: what is gone is no more than what lies in it.
    if (folder === 0 && compareBytes(entry.name, LOST_AND_FOUND) === 0) {
      this.#emptied = this.#addGoneFolder(folder, entry);
      return;
    }
    const names = this.#gone.get(folder);
    if (names === undefined) this.#gone.set(folder, [entry]);
    else names.push(entry);
    if (entry.stat.kind === "folder") this.#addGoneFolder(folder, entry);
  }

  #addGoneFolder(parent: TreeInode, { name, stat }: Pick<BaseEntry, "name" | "stat">): GoneFolder {
    // The name is a view of a folder's blocks, which are many.
    const own = name.slice();
    const gone: GoneFolder = { stat, parent, name: own, entries: [], countFiles: 0, sizeBytes: 0 };
    this.#goneFolders.set(stat.inode, gone);
    this.#goneRoots.push(gone);
    return gone;
  }

  /** What lies in a folder that is gone counts with the folder at the top. */
  #addGone({ stat, entries }: BaseFolder): void {
    const gone = this.#goneFolders.get(stat.inode);
    if (gone === undefined) return;
    this.#goneFolders.delete(stat.inode);
    if (gone.stat.inode === stat.inode) gone.entries = entries;
    for (const each of entries) {
      if (each.stat.kind === "folder") this.#goneFolders.set(each.stat.inode, gone);
      else gone.countFiles++;
      if (each.stat.kind === "file") gone.sizeBytes += each.stat.sizeBytes;
    }
  }
}
