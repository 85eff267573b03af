/**
 * The folders of an image, and what lies below each: columns, since there may be a million.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import { FILE_KINDS, type FileKind } from "./file_kinds.ts";

/** A folder, by its row. */
export type FolderRow = number & { readonly brand: "FolderRow" };

/** The root folder. */
export const ROOT = 0 as FolderRow;

const KINDS = FILE_KINDS.length;
const SLASH = 0x2f;

/** Folders in the order in which a walk meets them: a parent comes before what is in it. */
export class FolderTable {
  readonly #parents: number[] = [];
  readonly #names: Uint8Array[] = [];
  readonly #inodes: InodeNumber[] = [];
  readonly #countFiles: number[] = [];
  readonly #bytes: number[] = [];
  readonly #ownBytes: number[] = [];
  readonly #ownFiles: number[] = [];
  readonly #kindBytes: number[] = [];
  readonly #rows = new Map<InodeNumber, FolderRow>();
  #children: FolderRow[][] | undefined;

  get countFolders(): number {
    return this.#names.length;
  }

  /** A folder that was met in another; the root is its own parent. */
  add(parent: FolderRow, name: Uint8Array, inode: InodeNumber): FolderRow {
    const row = this.#names.length as FolderRow;
    this.#parents.push(parent);
    // A view would keep the whole folder's bytes in memory.
    this.#names.push(name.slice());
    this.#inodes.push(inode);
    this.#countFiles.push(0);
    this.#bytes.push(0);
    this.#ownBytes.push(0);
    this.#ownFiles.push(0);
    for (let kind = 0; kind < KINDS; kind++) this.#kindBytes.push(0);
    this.#rows.set(inode, row);
    return row;
  }

  /** The row of a folder that was added. */
  rowOf(inode: InodeNumber): FolderRow | undefined {
    return this.#rows.get(inode);
  }

  addFile(row: FolderRow, kind: FileKind, bytes: number): void {
    this.#ownFiles[row]!++;
    this.#ownBytes[row]! += bytes;
    this.#countFiles[row]!++;
    this.#bytes[row]! += bytes;
    this.#kindBytes[row * KINDS + kind]! += bytes;
  }

  /** Adds to each folder what is in its folders; to be called once, when all are there. */
  finish(): void {
    this.#children = this.#names.map(() => []);
    for (let row = this.#names.length - 1; row > 0; row--) {
      const parent = this.#parents[row]!;
      this.#countFiles[parent]! += this.#countFiles[row]!;
      this.#bytes[parent]! += this.#bytes[row]!;
      for (let kind = 0; kind < KINDS; kind++) {
        this.#kindBytes[parent * KINDS + kind]! += this.#kindBytes[row * KINDS + kind]!;
      }
      this.#children[parent]!.push(row as FolderRow);
    }
    this.#rows.clear();
  }

  /** The folders in a folder, in no order that means anything. */
  childrenOf(row: FolderRow): readonly FolderRow[] {
    return this.#children![row]!;
  }

  nameOf(row: FolderRow): Uint8Array {
    return this.#names[row]!;
  }

  inodeOf(row: FolderRow): InodeNumber {
    return this.#inodes[row]!;
  }

  /** Files below a folder, and bytes that they take in the image. */
  totalOf(row: FolderRow): { readonly countFiles: number; readonly bytes: number } {
    return { countFiles: this.#countFiles[row]!, bytes: this.#bytes[row]! };
  }

  /** The same of the files that lie in it itself. */
  ownOf(row: FolderRow): { readonly countFiles: number; readonly bytes: number } {
    return { countFiles: this.#ownFiles[row]!, bytes: this.#ownBytes[row]! };
  }

  /** The kind of file that takes most of what is below a folder. */
  mainKindOf(row: FolderRow): FileKind {
    let main = KINDS - 1;
    for (let kind = 0; kind < KINDS; kind++) {
      const at = row * KINDS;
      if (this.#kindBytes[at + kind]! > this.#kindBytes[at + main]!) main = kind;
    }
    return main as FileKind;
  }

  /** The path of a folder, or of a name in it, from the root of the image without a slash. */
  pathOf(row: FolderRow, name?: Uint8Array): Uint8Array {
    const names = name === undefined ? [] : [name];
    for (let at = row; at !== ROOT; at = this.#parents[at]! as FolderRow) {
      names.push(this.#names[at]!);
    }
    const path = new Uint8Array(names.reduce((sum, each) => sum + each.length + 1, 0));
    let end = 0;
    for (const each of names.reverse()) {
      if (end > 0) path[end++] = SLASH;
      path.set(each, end);
      end += each.length;
    }
    return path.subarray(0, end);
  }
}
