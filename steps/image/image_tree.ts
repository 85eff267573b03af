/**
 * Reads names and metadata of an image, or of a part of it, into a `Tree`: the same columns that
 * a scanned folder comes in.
 *
 * All of it is read before anything is done with it; so an image with folders in a circle, or with
 * a name twice in one folder, is refused before the first byte is written.
 * @module
 */

import { type InodeNumber, ROOT_INODE } from "../../ext4/numbers.ts";
import { corrupt } from "../../ext4/reader/corrupt.ts";
import type { ImageReader } from "./image_reader.ts";
import { type ImagePath, joinPath } from "../../ext4/reader/path.ts";
import type { Stat } from "../../ext4/reader/stat.ts";
import type { Tree, TreeInode } from "../../ext4/tree.ts";
import { compareBytes, TreeBuilder } from "../../ext4/tree_builder.ts";
import { Breather } from "../../host/breathe.ts";
import { u32Column } from "../../ext4/columns.ts";
import { selectedNames, type Selection, selectionOf } from "./selection.ts";

/** How an image is read into a tree. */
export interface ImageTreeOptions {
  /** From the root of the image; none means everything. */
  readonly paths?: readonly ImagePath[];
  /** Access, change and creation times, too. */
  readonly allTimes?: boolean;
  readonly signal: AbortSignal;
  onProgress?(countInodes: number): void;
}

/** The tree, and which inode of the image each row stands for. */
export interface ImageTree {
  readonly tree: Tree;
  inodeOf(row: TreeInode): InodeNumber;
  /** Bytes that the file takes in the image. */
  allocatedBytesOf(row: TreeInode): number;
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

class TreeReader {
  readonly #builder = new TreeBuilder();
  readonly #inodes = u32Column();
  readonly #allocated = u32Column();
  /** Folders that have a row and are still to be listed. */
  readonly #waiting = new Map<InodeNumber, TreeInode>();
  /** Rows of inodes with several names. */
  readonly #linked = new Map<InodeNumber, TreeInode>();
  readonly #breather: Breather;

  constructor(
    private readonly image: ImageReader,
    private readonly options: ImageTreeOptions,
  ) {
    this.#breather = new Breather(options.signal);
  }

  result(): ImageTree {
    return {
      tree: this.#builder.tree(),
      inodeOf: (row) => this.#inodes.array[row]! as InodeNumber,
      allocatedBytesOf: (row) => this.#allocated.array[row]! * BLOCK_BYTES,
    };
  }

  async run(selection: Selection): Promise<void> {
    const stat = await this.image.stat(ROOT_INODE);
    const row = await this.#addInode(stat);
    await this.#walkSelection(selection, { row, stat, path: new Uint8Array() });
  }

  /** Folders on the way: what is selected in them; then all below what is wanted whole. */
  async #walkSelection(root: Selection, top: FolderOnTheWay): Promise<void> {
    const queue = [{ selection: root, ...top }];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const { selection, row, stat } = at;
      if (selection.isWhole) {
        if (stat.kind === "folder") await this.#walkWhole(stat.inode, row);
        continue;
      }
      for (const { name, selection: below } of selectedNames(selection)) {
        const path = joinPath(at.path, name);
        const stat = await this.image.stat(path);
        const child = await this.#addName(row, name, stat);
        queue.push({ selection: below, row: child, stat, path });
      }
    }
  }

  async #walkWhole(inode: InodeNumber, row: TreeInode): Promise<void> {
    this.#waiting.set(inode, row);
    for await (const folder of this.image.walkFolders(inode)) {
      const parent = this.#waiting.get(folder.stat.inode);
      if (parent === undefined) continue;
      this.#waiting.delete(folder.stat.inode);
      let previous: Uint8Array | undefined;
      for (const { name, stat } of folder.entries) {
        if (previous !== undefined && compareBytes(previous, name) === 0) throw nameTwice(folder);
        previous = name;
        if (folder.stat.inode === ROOT_INODE && await this.#isEmptyLostAndFound(name, stat)) {
          continue;
        }
        const child = await this.#addName(parent, name, stat);
        if (stat.kind === "folder") this.#waiting.set(stat.inode, child);
        if (this.#breather.due) await this.#rest();
      }
    }
    this.options.onProgress?.(this.#builder.countInodes);
  }

  async #rest(): Promise<void> {
    this.options.onProgress?.(this.#builder.countInodes);
    await this.#breather.pause();
  }

  async #isEmptyLostAndFound(name: Uint8Array, stat: Stat): Promise<boolean> {
    if (stat.kind !== "folder" || compareBytes(name, LOST_AND_FOUND) !== 0) return false;
    for await (const _ of this.image.list(stat.inode)) return false;
    return true;
  }

  async #addName(folder: TreeInode, name: Uint8Array, stat: Stat): Promise<TreeInode> {
    const isLinked = stat.kind !== "folder" && stat.countLinks > 1;
    const known = isLinked ? this.#linked.get(stat.inode) : undefined;
    const row = known ?? await this.#addInode(stat);
    if (isLinked) this.#linked.set(stat.inode, row);
    this.#builder.addName(folder, name, row);
    return row;
  }

  async #addInode(stat: Stat): Promise<TreeInode> {
    const { image } = this;
    const { mode, uid, gid, mtime, inode, kind, device } = stat;
    const row = this.#builder.addInode({
      mode,
      uid,
      gid,
      mtime,
      sizeBytes: kind === "file" ? stat.sizeBytes : 0,
      xattrs: await image.xattrs(inode),
      ...(this.options.allTimes === true
        ? { atime: stat.atime, ctime: stat.ctime, crtime: stat.crtime ?? mtime }
        : {}),
      ...(kind === "symlink" ? { target: await image.readLink(inode) } : {}),
      ...(device === undefined ? {} : { device }),
    });
    this.#inodes.set(row, inode);
    this.#allocated.set(row, Math.min(stat.allocatedBytes / BLOCK_BYTES, 0xffff_ffff));
    return row;
  }
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
