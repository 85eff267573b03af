/**
 * Compares the metadata of two rows.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { clampSeconds } from "../../ext4/times.ts";
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type Tree,
  type TreeInode,
  type Xattr,
} from "../../ext4/tree.ts";
import { splitXattrName } from "../../ext4/xattr_names.ts";
import { printable } from "../../host/libc/paths.ts";
import type { NodeType } from "./difference.ts";
import type { Side } from "./side.ts";

/** What the mode says a row is. */
export function nodeTypeOf(tree: Tree, row: TreeInode): NodeType {
  switch (tree.mode[row]! & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "folder";
    case S_IFLNK:
      return "symlink";
    case S_IFCHR:
    case S_IFBLK:
      return "device";
    case S_IFIFO:
      return "fifo";
    default:
      return "socket";
  }
}

/** The names of the metadata in which two rows differ. */
export class MetadataComparison {
  readonly #wholeSeconds: boolean;
  readonly #withFolder: boolean;

  /** @param isRoot Whether all attributes of a folder can be read. */
  constructor(
    private readonly a: Side,
    private readonly b: Side,
    private readonly isRoot: boolean,
  ) {
    this.#wholeSeconds = !a.hasNanoseconds || !b.hasNanoseconds;
    this.#withFolder = a.kind !== b.kind;
  }

  fieldsOf(rowA: TreeInode, rowB: TreeInode): string[] {
    const [a, b] = [this.a.tree, this.b.tree];
    const fields: string[] = [];
    const isLink = nodeTypeOf(a, rowA) === "symlink";
    if (!isLink && a.mode[rowA] !== b.mode[rowB]) fields.push("mode");
    if (a.uid[rowA] !== b.uid[rowB]) fields.push("uid");
    if (a.gid[rowA] !== b.gid[rowB]) fields.push("gid");
    if (!this.#hasSameTime(rowA, rowB)) fields.push("mtime");
    fields.push(...this.#attributes(rowA, rowB));
    return fields;
  }

  #hasSameTime(rowA: TreeInode, rowB: TreeInode): boolean {
    const [a, b] = [this.a.tree.mtime, this.b.tree.mtime];
    const [secondsA, secondsB] = [a.seconds[rowA]!, b.seconds[rowB]!];
    // A time that no inode can hold is stored as the nearest that it can.
    if (clampSeconds(secondsA) !== clampSeconds(secondsB)) return false;
    const wasClamped = this.#withFolder && secondsA !== secondsB;
    return this.#wholeSeconds || wasClamped || a.nanoseconds[rowA] === b.nanoseconds[rowB];
  }

  #attributes(rowA: TreeInode, rowB: TreeInode): string[] {
    const [setA, setB] = [this.a.tree.xattrSet[rowA]!, this.b.tree.xattrSet[rowB]!];
    if (setA === 0 && setB === 0) return [];
    const left = this.a.tree.xattrSets[setA]!.filter((xattr) => this.#counts(xattr));
    const right = this.b.tree.xattrSets[setB]!.filter((xattr) => this.#counts(xattr));
    const other = (set: readonly Xattr[], name: Uint8Array) =>
      set.find((xattr) => compareBytes(xattr.name, name) === 0);
    const changed = left.filter(({ name, value }) => {
      const match = other(right, name);
      return match === undefined || compareBytes(match.value, value) !== 0;
    });
    const added = right.filter(({ name }) => other(left, name) === undefined);
    return [...changed, ...added].map(({ name }) => `attribute ${printable(name)}`);
  }

  /** Against a folder, only what an image can hold and the caller may see. */
  #counts({ name }: Xattr): boolean {
    if (!this.#withFolder) return true;
    if (splitXattrName(name) === undefined) return false;
    return this.isRoot || !printable(name).startsWith("trusted.");
  }
}
