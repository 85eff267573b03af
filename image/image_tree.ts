/**
 * Reads names and metadata of an image, or of a part of it, into a `Tree`: the same columns that
 * a scanned folder comes in.
 *
 * All of it is read before anything is done with it; so an image with folders in a circle, or with
 * a name twice in one folder, is refused before the first byte is written.
 * @module
 */

import { type Column, u32Column, WholeColumn } from "../ext4/columns.ts";
import { compareBytes } from "../ext4/compare_bytes.ts";
import { type InodeNumber, ROOT_INODE } from "../ext4/numbers.ts";
import { corrupt } from "../ext4/reader/corrupt.ts";
import { leaveOut } from "../ext4/reader/leave_out.ts";
import { isEncrypted, type Stat } from "../ext4/reader/metadata/stat.ts";
import { type ImagePath, joinPath } from "../ext4/reader/path.ts";
import { S_IFDIR, type Tree, type TreeInode } from "../ext4/tree.ts";
import { type NewInode, TreeBuilder } from "../ext4/tree_builder.ts";
import { EntryList } from "../ext4/reader/walk/entry_list.ts";
import { Breather } from "../host/breathe.ts";
import { boundGarbage } from "../host/garbage_bound.ts";
import type { ImageReader } from "./image_reader.ts";
import { selectedNames, type Selection, selectionOf } from "./selection.ts";
import { pathBytesOf } from "./tree_path.ts";

/** How an image is read into a tree. */
export interface ImageTreeOptions {
  /** From the root of the image; none means everything. */
  readonly paths?: readonly ImagePath[];
  /** Which times beside that of modification; none by default. */
  readonly times?: "access" | "all";
  /** Where the data of files with holes lies as well. */
  readonly dataRanges?: boolean;
  /** Whether an empty `lost+found` is left out only where the image's maker has put it there. */
  readonly keepsLostAndFound?: boolean;
  readonly signal: AbortSignal;
  onProgress?(countInodes: number): void;
}

/** The tree, and which inode of the image each row stands for. */
export interface ImageTree {
  readonly tree: Tree;
  inodeOf(row: TreeInode): InodeNumber;
  /** Bytes that the file takes in the image. */
  allocatedBytesOf(row: TreeInode): number;
  /** Where its contents begin in the image, in bytes, when they lie in one piece; else 0. */
  contentsAtOf(row: TreeInode): number;
}

/**
 * Reads an image into a tree. Folders on the way to a path hold nothing but what leads there. The
 * empty `lost+found` that every `mkfs` makes is left out unless it is asked for.
 *
 * @throws PathError when a path leads nowhere; CorruptImageError.
 */
export async function readImageTree(
  image: ImageReader,
  options: ImageTreeOptions,
): Promise<ImageTree> {
  const reader = new TreeReader(image, options);
  await reader.run(selectionOf(options.paths ?? []));
  return reader.result();
}

const LOST_AND_FOUND = new TextEncoder().encode("lost+found");
const BLOCK_BYTES = 512;
const LEAST_BLOCK_BYTES = 1024;
/**
 * An image may claim any number of inodes: room for more is made when they are there. What is not
 * written to takes no memory; making room, it would be needed twice.
 */
const MOST_EXPECTED = 1 << 22;

/** What they were made of is garbage. */
const NAMES_A_COLLECTION = 1 << 15;

/** Names that take far less time than anybody notices. */
const NAMES_A_LOOK = 64;

class TreeReader {
  readonly #builder: TreeBuilder;
  /** Those of a stack are counted on over all its images. */
  readonly #inodes: WholeColumn;
  readonly #allocated: Column<Uint32Array>;
  /** In the smallest blocks that there are. */
  readonly #contentsAt: WholeColumn;
  /** Folders that have a row and are still to be listed. */
  readonly #waiting = new Map<InodeNumber, TreeInode>();
  /** Rows of inodes with several names. */
  readonly #linked = new Map<InodeNumber, TreeInode>();
  readonly #breather: Breather;
  #countNames = 0;

  constructor(
    private readonly image: ImageReader,
    private readonly options: ImageTreeOptions,
  ) {
    this.#breather = new Breather(options.signal);
    const { countInodes, countFreeInodes } = image.info;
    const rows = Math.max(1024, Math.min(countInodes - countFreeInodes, MOST_EXPECTED));
    this.#builder = new TreeBuilder(rows);
    this.#inodes = new WholeColumn(rows);
    this.#allocated = u32Column(rows);
    this.#contentsAt = new WholeColumn(rows);
  }

  result(): ImageTree {
    return {
      tree: this.#builder.tree(),
      inodeOf: (row) => this.#inodes.at(row) as InodeNumber,
      allocatedBytesOf: (row) => this.#allocated.array[row]! * BLOCK_BYTES,
      contentsAtOf: (row) => this.#contentsAt.at(row) * LEAST_BLOCK_BYTES,
    };
  }

  async run(selection: Selection): Promise<void> {
    const stat = await this.image.stat(ROOT_INODE);
    const row = await this.#addInode(stat, () => new Uint8Array());
    await this.#walkSelection(selection, { row, stat, path: new Uint8Array() });
  }

  /** Folders on the way: what is selected in them; then all below what is wanted whole. */
  async #walkSelection(root: Selection, top: FolderOnTheWay): Promise<void> {
    const queue = [{ selection: root, ...top }];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const { selection, row, stat } = at;
      if (selection.isWhole) {
        if (stat.kind === "folder") await this.#walkWhole(at);
        continue;
      }
      for (const { name, selection: below } of selectedNames(selection)) {
        const path = joinPath(at.path, name);
        try {
          const stat = await this.image.stat(path);
          const child = await this.#addName(row, name, stat);
          queue.push({ selection: below, row: child, stat, path });
        } catch (error) {
          leaveOut(error, this.image, () => path);
        }
      }
    }
  }

  async #walkWhole({ row, stat, path }: FolderOnTheWay): Promise<void> {
    this.#waiting.set(stat.inode, row);
    for await (const folder of this.image.walkFolders(path)) {
      const parent = this.#waiting.get(folder.stat.inode);
      if (parent === undefined) continue;
      this.#waiting.delete(folder.stat.inode);
      // Nobody can do anything with its names: the folder alone is kept.
      if (isEncrypted(folder.stat)) continue;
      let previous: Uint8Array | undefined;
      const { entries } = folder;
      for (const { name, stat } of entries instanceof EntryList ? entries.drain() : entries) {
        try {
          if (previous !== undefined && compareBytes(previous, name) === 0) throw nameTwice(folder);
          previous = name;
          if (folder.stat.inode === ROOT_INODE && await this.#isNobodys(name, stat, folder.stat)) {
            continue;
          }
          const known = this.#addName(parent, name, stat);
          const child = known instanceof Promise ? await known : known;
          if (stat.kind === "folder") this.#waiting.set(stat.inode, child);
        } catch (error) {
          leaveOut(error, this.image, () => joinPath(folder.path, name));
        }
        if (++this.#countNames % NAMES_A_COLLECTION === 0) boundGarbage();
        if (this.#countNames % NAMES_A_LOOK === 0 && this.#breather.due) await this.#rest();
      }
    }
    this.options.onProgress?.(this.#builder.countInodes);
  }

  async #rest(): Promise<void> {
    this.options.onProgress?.(this.#builder.countInodes);
    await this.#breather.pause();
  }

  /** Whether it is the empty `lost+found` that nobody has stored. */
  async #isNobodys(name: Uint8Array, stat: Stat, root: Stat): Promise<boolean> {
    if (stat.kind !== "folder" || compareBytes(name, LOST_AND_FOUND) !== 0) return false;
    if (this.options.keepsLostAndFound === true && !isMadeUp(stat, root)) return false;
    for await (const _ of this.image.list(stat.inode)) return false;
    return true;
  }

  /** A promise only where there is something to read beside the metadata: most often not. */
  #addName(folder: TreeInode, name: Uint8Array, stat: Stat): TreeInode | Promise<TreeInode> {
    const isLinked = stat.kind !== "folder" && stat.countLinks > 1;
    const known = isLinked ? this.#linked.get(stat.inode) : undefined;
    const path = () => joinPath(pathBytesOf(this.#builder.tree(), folder), name);
    const row = known ?? this.#addInode(stat, path);
    return row instanceof Promise
      ? row.then((row) => this.#nameInode(folder, name, stat, row))
      : this.#nameInode(folder, name, stat, row);
  }

  #nameInode(folder: TreeInode, name: Uint8Array, stat: Stat, row: TreeInode): TreeInode {
    if (stat.kind !== "folder" && stat.countLinks > 1) this.#linked.set(stat.inode, row);
    this.#builder.addName(folder, name, row);
    return row;
  }

  #addInode(stat: Stat, path: () => Uint8Array): TreeInode | Promise<TreeInode> {
    return stat.hasXattrs || stat.kind === "symlink" || isEmptyFile(stat) ||
        this.#mayHaveHoles(stat)
      ? this.#addDetailed(stat, path)
      : this.#addRow(stat, undefined);
  }

  async #addDetailed(stat: Stat, path: () => Uint8Array): Promise<TreeInode> {
    const { image } = this;
    const withoutBroken = (error: unknown) => {
      leaveOut(error, image, path);
      return [];
    };
    // Nothing of it will be read any more, and its inode may be broken all the same.
    if (isEmptyFile(stat)) await image.openFile(stat.inode);
    return this.#addRow(stat, {
      ...(stat.hasXattrs ? { xattrs: await image.xattrs(stat.inode).catch(withoutBroken) } : {}),
      ...(stat.kind === "symlink" ? { target: await image.readLink(stat.inode) } : {}),
      ...(this.#mayHaveHoles(stat) ? await this.#dataRangesOf(stat) : {}),
    });
  }

  #mayHaveHoles({ kind, contentsAt, sizeBytes }: Stat): boolean {
    return this.options.dataRanges === true && kind === "file" && sizeBytes > 0 &&
      contentsAt === undefined;
  }

  async #dataRangesOf({ inode, sizeBytes }: Stat): Promise<Pick<NewInode, "dataRanges">> {
    const bounds: number[] = [];
    for await (const { startBytes, endBytes } of (await this.image.openFile(inode)).dataRanges()) {
      if (startBytes < sizeBytes) bounds.push(startBytes, Math.min(endBytes, sizeBytes));
    }
    const isWhole = bounds.length === 2 && bounds[0] === 0 && bounds[1] === sizeBytes;
    return isWhole ? {} : { dataRanges: Float64Array.from(bounds) };
  }

  #addRow(
    stat: Stat,
    more: Pick<NewInode, "xattrs" | "target" | "dataRanges"> | undefined,
  ): TreeInode {
    const { mode, uid, gid, mtime, kind, device } = stat;
    const { times } = this.options;
    const sizeBytes = kind === "file" ? stat.sizeBytes : 0;
    const inode: Writable<NewInode> = { mode, uid, gid, mtime, sizeBytes, ...more };
    if (times === "access" && !isSameTime(stat.atime, mtime)) inode.atime = stat.atime;
    if (times === "all") {
      inode.atime = stat.atime;
      inode.ctime = stat.ctime;
      inode.crtime = stat.crtime ?? stat.ctime;
    }
    if (device !== undefined) inode.device = device;
    const row = this.#builder.addInode(inode);
    this.#inodes.set(row, stat.inode);
    this.#allocated.set(row, Math.min(stat.allocatedBytes / BLOCK_BYTES, 0xffff_ffff));
    this.#contentsAt.set(row, (stat.contentsAt ?? 0) / LEAST_BLOCK_BYTES);
    return row;
  }
}

/** As icecore makes it, whose images all have one. */
function isMadeUp({ mode, uid, gid, hasXattrs, mtime }: Stat, root: Stat): boolean {
  return mode === (S_IFDIR | 0o700) && uid === 0 && gid === 0 && !hasXattrs &&
    mtime.seconds === root.mtime.seconds && mtime.nanoseconds === root.mtime.nanoseconds;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function isSameTime(a: Stat["mtime"], b: Stat["mtime"]): boolean {
  return a.seconds === b.seconds && a.nanoseconds === b.nanoseconds;
}

function isEmptyFile({ kind, sizeBytes }: Stat): boolean {
  return kind === "file" && sizeBytes === 0;
}

interface FolderOnTheWay {
  readonly row: TreeInode;
  readonly stat: Stat;
  readonly path: Uint8Array;
}

function nameTwice({ stat }: { readonly stat: Stat }): Error {
  return corrupt("name-twice", "ext4_dir_entry_2", "the folder has a name twice", {
    inode: stat.inode,
  });
}
