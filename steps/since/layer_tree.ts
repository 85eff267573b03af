/**
 * The tree of a layer: what changed, the folders it lies in, and marks for what is gone.
 *
 * overlayfs shows the topmost folder's metadata, so each folder on the way to a change is complete.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import {
  escapedName,
  isOverlayName,
  OPAQUE_MARK,
  WHITEOUT_DEVICE,
  WHITEOUT_MODE,
} from "../../ext4/overlay_marks.ts";
import { LOST_AND_FOUND } from "../../ext4/plan/names.ts";
import {
  hasType,
  nameOf,
  parentOf,
  S_IFDIR,
  S_IFLNK,
  targetOf,
  type TimeColumn,
  type Tree,
  type TreeEntry,
  type TreeInode,
  type Xattr,
} from "../../ext4/tree.ts";
import { type NewInode, type Time, TreeBuilder } from "../../ext4/tree_builder.ts";
import type { Breather } from "../../host/breathe.ts";
import { CHANGE, type Changes } from "./changes.ts";

/** A layer's tree and where its rows come from. */
export interface LayerTree {
  readonly tree: Tree;
  /** The row of the source; -1 for a mark, and for a folder that the source does not have. */
  readonly sourceRow: Int32Array;
}

/** Makes the tree of a layer. Its rows are in the order in which a scan has them. */
export async function layerTree(
  source: Tree,
  changes: Changes,
  breather: Breather,
): Promise<LayerTree> {
  const isStored = storedRows(source, changes);
  const maker = new LayerMaker(source, changes, isStored);
  for (let folder = maker.next(); folder !== undefined; folder = maker.next()) {
    maker.addNames(folder);
    if (breather.due) await breather.pause();
  }
  return { tree: maker.builder.tree(), sourceRow: Int32Array.from(maker.sourceRow) };
}

/** One for each row that the layer holds: what changed, and the folders above it. */
function storedRows(tree: Tree, { change, gone, isStored }: Changes): Uint8Array {
  const rows = new Uint8Array(tree.countInodes);
  rows[0] = 1;
  const keepWithParents = (folder: number) => {
    for (let at = folder; rows[at] === 0; at = parentOf(tree, at as TreeInode)) rows[at] = 1;
  };
  for (const folder of gone.keys()) keepWithParents(folder);
  for (let entry = 0; entry < tree.countEntries; entry++) {
    const row = tree.entryInode[entry]!;
    const folder = tree.entryParent[entry]!;
    // Without one of its own, the image would add a folder that covers the metadata of this one.
    const isLostAndFound = folder === 0 &&
      compareBytes(nameOf(tree, entry as TreeEntry), LOST_AND_FOUND) === 0;
    if (change[row] === CHANGE.none && !isLostAndFound) continue;
    if (!isStored(entry as TreeEntry)) continue;
    rows[row] = 1;
    keepWithParents(folder);
  }
  return rows;
}

/** A folder of the layer whose names are still to be added; `source` is -1 where it has none. */
interface Pending {
  readonly layer: TreeInode;
  readonly source: number;
}

class LayerMaker {
  readonly builder = new TreeBuilder();
  readonly sourceRow: number[] = [];
  readonly #layerRow = new Map<number, TreeInode>();
  readonly #waiting: Pending[] = [];
  readonly #escaped = new Map<number, readonly Xattr[]>();

  constructor(
    private readonly source: Tree,
    private readonly changes: Changes,
    private readonly isRowStored: Uint8Array,
  ) {
    this.#waiting.push({ layer: this.#add(0), source: 0 });
  }

  next(): Pending | undefined {
    return this.#waiting.pop();
  }

  addNames({ layer, source: folder }: Pending): void {
    if (folder < 0) return this.#addWhiteouts(layer);
    const { source, changes } = this;
    const subfolders: Pending[] = [];
    const gone = changes.gone.get(folder as TreeInode) ?? [];
    const extra = [...gone.map(({ name }) => ({ name, isGone: true }))];
    if (folder === 0 && changes.emptied !== undefined) {
      extra.push({ name: LOST_AND_FOUND, isGone: false });
      extra.sort((a, b) => compareBytes(a.name, b.name));
    }
    let at = 0;
    const addExtra = () => {
      const { name, isGone } = extra[at++]!;
      const row = isGone ? this.#addWhiteout(folder) : this.#addEmptied(subfolders);
      this.builder.addName(layer, name, row);
    };
    const first = source.payload[folder]!;
    for (let entry = first; entry < first + source.countChildren[folder]!; entry++) {
      const row = source.entryInode[entry]!;
      if (this.isRowStored[row] === 0 || !changes.isStored(entry as TreeEntry)) continue;
      const name = nameOf(source, entry as TreeEntry);
      while (at < extra.length && compareBytes(extra[at]!.name, name) < 0) addExtra();
      const known = this.#layerRow.get(row);
      const child = known ?? this.#add(row);
      this.builder.addName(layer, name, child);
      if (hasType(source, row, S_IFDIR)) subfolders.push({ layer: child, source: row });
    }
    while (at < extra.length) addExtra();
    this.#waiting.push(...subfolders.reverse());
  }

  /** All that lay in `lost+found`. */
  #addWhiteouts(folder: TreeInode): void {
    for (const { name } of this.changes.emptied!.entries) {
      this.builder.addName(folder, name, this.#addWhiteout(0));
    }
  }

  #addWhiteout(folder: number): TreeInode {
    return this.#addMade({ mode: WHITEOUT_MODE, device: WHITEOUT_DEVICE }, folder);
  }

  /** As the image would make it, were there nothing to be covered in it. */
  #addEmptied(subfolders: Pending[]): TreeInode {
    const layer = this.#addMade({ mode: S_IFDIR | 0o700 }, 0);
    subfolders.push({ layer, source: -1 });
    return layer;
  }

  /** What the source does not have is root's, and has the times of a folder. */
  #addMade(made: Pick<NewInode, "mode" | "device">, folder: number): TreeInode {
    this.sourceRow.push(-1);
    return this.builder.addInode({ ...made, uid: 0, gid: 0, ...this.#timesOf(folder) });
  }

  #add(row: number): TreeInode {
    const { source } = this;
    const inode = row as TreeInode;
    const device = source.devices.get(inode);
    const dataRanges = source.dataRanges.get(inode);
    const layer = this.builder.addInode({
      mode: source.mode[row]!,
      uid: source.uid[row]!,
      gid: source.gid[row]!,
      sizeBytes: source.sizeBytes[row]!,
      ...this.#timesOf(row),
      xattrs: this.#xattrsOf(row),
      ...(hasType(source, row, S_IFLNK) ? { target: targetOf(source, inode) } : {}),
      ...(device === undefined ? {} : { device }),
      ...(dataRanges === undefined ? {} : { dataRanges }),
    });
    this.#layerRow.set(row, layer);
    this.sourceRow.push(row);
    return layer;
  }

  #timesOf(row: number): Pick<NewInode, "mtime" | "atime" | "ctime" | "crtime"> {
    const { mtime, atime, ctime, crtime } = this.source;
    return {
      mtime: timeAt(mtime, row),
      ...(atime && { atime: timeAt(atime, row) }),
      ...(ctime && { ctime: timeAt(ctime, row) }),
      ...(crtime && { crtime: timeAt(crtime, row) }),
    };
  }

  #xattrsOf(row: number): readonly Xattr[] {
    const escaped = this.#escapedSet(this.source.xattrSet[row]!);
    return this.changes.covering.has(row as TreeInode) ? [...escaped, OPAQUE_MARK] : escaped;
  }

  #escapedSet(set: number): readonly Xattr[] {
    const known = this.#escaped.get(set);
    if (known !== undefined) return known;
    const all = this.source.xattrSets[set]!;
    const escaped = all.some(({ name }) => isOverlayName(name))
      ? all.map(({ name, value }) => ({ name: escapedName(name), value }))
      : all;
    this.#escaped.set(set, escaped);
    return escaped;
  }
}

function timeAt({ seconds, nanoseconds }: TimeColumn, row: number): Time {
  return { seconds: seconds[row]!, nanoseconds: nanoseconds[row]! };
}
