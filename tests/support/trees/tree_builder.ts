/**
 * A tree from a fixture that is declared as data, with the contents of its files.
 * @module
 */

import { Buffer } from "node:buffer";
import {
  type DeviceNumber,
  NO_ENTRY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  type Tree,
  type TreeInode,
  type Xattr,
} from "../../../ext4/tree.ts";

/** What every kind of node can have. */
export interface Meta {
  /** Permission bits; 0755 for folders, 0644 for all else. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds and nanoseconds. */
  readonly mtime?: readonly [number, number];
  /** Names are whole; values are text or bytes. */
  readonly xattrs?: Readonly<Record<string, Uint8Array | string>>;
}

/** A file whose bytes follow from their offset, so that it can be huge. */
export interface Pattern {
  readonly sizeBytes: number;
  /** Pairs `[start, end)` of data; absent: all. */
  readonly ranges?: readonly number[];
  /** Files of one seed have the same bytes; by default each has its own. */
  readonly seed?: number;
  /** The data is zeros, which takes no time and no room however much it is. */
  readonly zeros?: true;
}

/** One node; the same object under two names is one inode with two names. */
export type Node =
  & { readonly meta: Meta }
  & (
    | { readonly kind: "folder"; readonly entries: readonly (readonly [Name, Node])[] }
    | { readonly kind: "file"; readonly data: Uint8Array | Pattern }
    | { readonly kind: "symlink"; readonly target: Uint8Array }
    | { readonly kind: "device"; readonly block: boolean; readonly device: DeviceNumber }
    | { readonly kind: "fifo" }
    | { readonly kind: "socket" }
  );

/** Text is UTF-8. */
export type Name = string | Uint8Array;
type Entries = Readonly<Record<string, Node>> | readonly (readonly [Name, Node])[];

export const folder = (entries: Entries = {}, meta: Meta = {}): Node => ({
  kind: "folder",
  entries: Array.isArray(entries) ? entries : Object.entries(entries),
  meta,
});
export const file = (data: string | Uint8Array | Pattern = "", meta: Meta = {}): Node => ({
  kind: "file",
  data: typeof data === "string" ? bytesOf(data) : data,
  meta,
});
export const symlink = (target: Name, meta: Meta = {}): Node => ({
  kind: "symlink",
  target: bytesOf(target),
  meta,
});
export const device = (
  type: "block" | "character",
  major: number,
  minor: number,
  meta: Meta = {},
): Node => ({ kind: "device", block: type === "block", device: { major, minor }, meta });
export const fifo = (meta: Meta = {}): Node => ({ kind: "fifo", meta });
export const socket = (meta: Meta = {}): Node => ({ kind: "socket", meta });

/** A tree and its files' bytes. */
export interface Built {
  readonly tree: Tree;
  read(inode: TreeInode, offsetBytes: number, lengthBytes: number): Uint8Array;
  /** Whether a file is known to be zeros, so that it need not be read. */
  isZeros(inode: TreeInode): boolean;
}

/** The byte of a pattern at an offset; different in every block of every file. */
export function patternByte(seed: number, offsetBytes: number): number {
  return (offsetBytes + 31 * Math.floor(offsetBytes / 512) + 17 * seed) % 251;
}

/** Builds the tree of a root folder. */
export function buildTree(root: Node): Built {
  const nodes: Node[] = [root];
  const rows = new Map<Node, number>([[root, 0]]);
  const names: { name: Uint8Array; inode: number; parent: number }[] = [];
  const firstChild: number[] = [];
  const countChildren: number[] = [];
  for (let row = 0; row < nodes.length; row++) {
    const node = nodes[row]!;
    firstChild[row] = names.length;
    countChildren[row] = node.kind === "folder" ? node.entries.length : 0;
    if (node.kind !== "folder") continue;
    const sorted = node.entries.map(([name, child]) => ({ name: bytesOf(name), child }));
    sorted.sort((a, b) => Buffer.compare(a.name, b.name));
    for (const { name, child } of sorted) {
      if (!rows.has(child)) rows.set(child, nodes.push(child) - 1);
      names.push({ name, inode: rows.get(child)!, parent: row });
    }
  }
  const tree = columnsOf(nodes, names, firstChild, countChildren);
  return {
    tree,
    read: (inode, offset, length) => readNode(nodes[inode]!, inode, offset, length),
    isZeros(inode) {
      const node = nodes[inode]!;
      return node.kind === "file" && !(node.data instanceof Uint8Array) && node.data.zeros === true;
    },
  };
}

function columnsOf(
  nodes: readonly Node[],
  names: readonly { name: Uint8Array; inode: number; parent: number }[],
  firstChild: readonly number[],
  countChildren: readonly number[],
): Tree {
  const nameEntry = new Uint32Array(nodes.length).fill(NO_ENTRY);
  const countNames = new Uint32Array(nodes.length);
  names.forEach(({ inode }, entry) => {
    if (countNames[inode]!++ === 0) nameEntry[inode] = entry;
  });
  const strings: Uint8Array[] = names.map(({ name }) => name);
  const payload = Uint32Array.from(firstChild);
  let end = strings.reduce((sum, one) => sum + one.length, 0);
  const nameOffset = new Uint32Array(names.length);
  names.reduce((offset, { name }, entry) => {
    nameOffset[entry] = offset;
    return offset + name.length;
  }, 0);
  nodes.forEach((node, row) => {
    if (node.kind !== "symlink") return;
    payload[row] = end;
    end += node.target.length;
    strings.push(node.target);
  });
  const sets: Xattr[][] = [[]];
  const setRows = new Map<string, number>([["[]", 0]]);
  return {
    countInodes: nodes.length,
    countEntries: names.length,
    mode: Uint16Array.from(nodes, modeOf),
    uid: Uint32Array.from(nodes, (node) => node.meta.uid ?? 0),
    gid: Uint32Array.from(nodes, (node) => node.meta.gid ?? 0),
    sizeBytes: Float64Array.from(nodes, sizeOf),
    mtime: {
      seconds: Float64Array.from(nodes, (node) => node.meta.mtime?.[0] ?? 1_600_000_000),
      nanoseconds: Uint32Array.from(nodes, (node) => node.meta.mtime?.[1] ?? 123_456_789),
    },
    countNames,
    nameEntry,
    payload,
    countChildren: Uint32Array.from(countChildren),
    xattrSet: Uint32Array.from(nodes, (node) => setOf(node, sets, setRows)),
    entryInode: Uint32Array.from(names, ({ inode }) => inode),
    entryParent: Uint32Array.from(names, ({ parent }) => parent),
    nameOffset,
    nameLength: Uint8Array.from(names, ({ name }) => name.length),
    bytes: new Uint8Array(Buffer.concat(strings)),
    xattrSets: sets,
    devices: new Map(
      nodes.flatMap((node, row) =>
        node.kind === "device" ? [[row as TreeInode, node.device] as const] : []
      ),
    ),
    dataRanges: new Map(
      nodes.flatMap((node, row) =>
        node.kind === "file" && !(node.data instanceof Uint8Array) && node.data.ranges !== undefined
          ? [[row as TreeInode, Float64Array.from(node.data.ranges)] as const]
          : []
      ),
    ),
  };
}

function modeOf(node: Node): number {
  const bits = node.meta.mode ?? (node.kind === "folder" ? 0o755 : 0o644);
  switch (node.kind) {
    case "folder":
      return S_IFDIR | bits;
    case "file":
      return S_IFREG | bits;
    case "symlink":
      return S_IFLNK | 0o777;
    case "device":
      return (node.block ? S_IFBLK : S_IFCHR) | bits;
    case "fifo":
      return S_IFIFO | bits;
    case "socket":
      return S_IFSOCK | bits;
  }
}

function sizeOf(node: Node): number {
  if (node.kind === "symlink") return node.target.length;
  if (node.kind !== "file") return 0;
  return node.data instanceof Uint8Array ? node.data.length : node.data.sizeBytes;
}

function setOf(node: Node, sets: Xattr[][], rows: Map<string, number>): number {
  const set = Object.entries(node.meta.xattrs ?? {})
    .map(([name, value]) => ({ name: bytesOf(name), value: bytesOf(value) }))
    .sort((a, b) => Buffer.compare(a.name, b.name));
  const key = JSON.stringify(set.map(({ name, value }) => [[...name], [...value]]));
  if (!rows.has(key)) rows.set(key, sets.push(set) - 1);
  return rows.get(key)!;
}

function readNode(node: Node, seed: number, offset: number, length: number): Uint8Array {
  if (node.kind !== "file") throw new Error("only files have contents");
  if (node.data instanceof Uint8Array) return node.data.subarray(offset, offset + length);
  if (node.data.zeros === true) return new Uint8Array(length);
  const ranges = node.data.ranges ?? [0, node.data.sizeBytes];
  const own = node.data.seed ?? seed;
  const bytes = new Uint8Array(length);
  for (let r = 0; r + 1 < ranges.length; r += 2) {
    const start = Math.max(ranges[r]!, offset);
    const end = Math.min(ranges[r + 1]!, offset + length);
    for (let at = start; at < end; at++) bytes[at - offset] = patternByte(own, at);
  }
  return bytes;
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}
