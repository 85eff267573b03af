/**
 * A folder's names and metadata in columns, and the orders they are shown in: a folder of 100,000
 * names takes some 5 MB.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import { ROOT_INODE } from "../../ext4/numbers.ts";
import { Breather } from "../../host/breathe.ts";
import { extensionOf, PictureNames } from "../media/media_type.ts";
import { KINDS, type ListedEntry } from "./listed_entry.ts";
import { NaturalKeys } from "./natural_keys.ts";
import type { SortOrder } from "./sort_order.ts";

/** Beside the names: kind, inode, size, time, offset of the name. */
const ENTRY_BYTES = 1 + 4 + 8 + 8 + 4;

/** A folder that was read. */
export class FolderListing {
  #entries = 0;
  #names = new Uint8Array(1 << 14);
  #namesBytes = 0;
  #room = 0;
  #ends = new Uint32Array();
  #kinds = new Uint8Array();
  #inodes = new Uint32Array();
  #sizes = new Float64Array();
  #times = new Float64Array();
  readonly #pictures = new PictureNames();
  readonly #orders = new Map<string, Uint32Array>();
  /** Folders in it. */
  countFolders = 0;
  /** Files whose names say that they are pictures. */
  countPictures = 0;
  /** Bytes of its files. */
  filesBytes = 0;

  /** Adds a name, while the folder is read. */
  add({ name, kind, inode, sizeBytes, mtimeSeconds }: ListedEntry): void {
    const row = this.#entries++;
    if (row >= this.#room) this.#grow();
    const end = this.#namesBytes + name.length;
    if (end > this.#names.length) {
      this.#names = larger(this.#names, Math.max(end, 2 * this.#names.length));
    }
    this.#names.set(name, this.#namesBytes);
    this.#ends[row] = this.#namesBytes = end;
    this.#kinds[row] = KINDS.indexOf(kind);
    this.#inodes[row] = inode;
    this.#sizes[row] = sizeBytes;
    this.#times[row] = mtimeSeconds;
    if (kind === "folder") this.countFolders++;
    if (kind !== "file") return;
    this.filesBytes += sizeBytes;
    if (this.#pictures.has(name)) this.countPictures++;
  }

  #grow(): void {
    this.#room = Math.max(256, 2 * this.#room);
    this.#ends = larger(this.#ends, this.#room);
    this.#kinds = larger(this.#kinds, this.#room);
    this.#inodes = larger(this.#inodes, this.#room);
    this.#sizes = larger(this.#sizes, this.#room);
    this.#times = larger(this.#times, this.#room);
  }

  /** Names in it. */
  get count(): number {
    return this.#entries;
  }

  /** Bytes of memory that it takes, its orders included. */
  get memoryBytes(): number {
    return this.#names.length + this.#room * (ENTRY_BYTES + 4 * (1 + this.#orders.size));
  }

  /** Whether a grid of thumbnails shows it better than a list. */
  get isGallery(): boolean {
    const countFiles = this.#entries - this.countFolders;
    return this.countPictures >= LEAST_PICTURES && this.countPictures >= countFiles * 0.6;
  }

  /** Some of its entries, in an order. */
  slice(order: SortOrder, from: number, to: number): ListedEntry[] {
    return Array.from(this.#order(order).subarray(from, to), (row) => this.#entry(row));
  }

  #entry(row: number): ListedEntry {
    return {
      name: this.#name(row),
      kind: KINDS[this.#kinds[row]!]!,
      inode: this.#inodes[row]! as Stat["inode"],
      sizeBytes: this.#sizes[row]!,
      mtimeSeconds: this.#times[row]!,
    };
  }

  #name(row: number): Uint8Array {
    return this.#names.subarray(row === 0 ? 0 : this.#ends[row - 1]!, this.#ends[row]!);
  }

  #order(order: SortOrder): Uint32Array {
    const name = `${order.key} ${order.direction}`;
    const known = this.#orders.get(name);
    if (known !== undefined) return known;
    const rows = Uint32Array.from({ length: this.#entries }, (_, i) => i);
    this.#orders.set(name, this.#sort(rows, order));
    return rows;
  }

  /** Folders come first, whatever the order; what is the same otherwise goes by name. */
  #sort(rows: Uint32Array, { key, direction }: SortOrder): Uint32Array {
    const sign = direction === "up" ? 1 : -1;
    const names = new NaturalKeys();
    for (let row = 0; row < this.#entries; row++) names.add(this.#name(row));
    const types = key === "type"
      ? Array.from({ length: this.#entries }, (_, row) => extensionOf(this.#name(row)))
      : [];
    const byKey = (a: number, b: number): number => {
      switch (key) {
        case "size":
          return this.#sizes[a]! - this.#sizes[b]!;
        case "time":
          return this.#times[a]! - this.#times[b]!;
        case "type":
          return types[a]! < types[b]! ? -1 : types[a]! > types[b]! ? 1 : 0;
        case "name":
          return 0;
      }
    };
    return rows.sort((a, b) => {
      const folders = Number(this.#kinds[b] === 0) - Number(this.#kinds[a] === 0);
      if (folders !== 0) return folders;
      const order = byKey(a, b) || names.compare(a, b) || a - b;
      return order * sign;
    });
  }
}

/** Fewer pictures than this make no gallery. */
const LEAST_PICTURES = 3;

/**
 * Reads a folder: no file in it is opened. The empty `lost+found` that every `mkfs` makes is left out.
 *
 * @throws CorruptImageError, PathError
 */
export async function readListing(
  image: ImageReader,
  folder: Stat["inode"],
  signal: AbortSignal,
): Promise<FolderListing> {
  const breather = new Breather(signal);
  const listing = new FolderListing();
  // Many entries at once: one after the other each would be waited for.
  for await (const entries of image.listBatches(folder)) {
    for (const entry of entries) {
      const { kind, inode, sizeBytes, mtime } = entry.stat;
      const isLost = folder === ROOT_INODE && kind === "folder" && entry.nameText === "lost+found";
      if (isLost && await isEmpty(image, inode)) continue;
      listing.add({ name: entry.name, kind, inode, sizeBytes, mtimeSeconds: mtime.seconds });
      if (breather.due) await breather.pause();
    }
  }
  return listing;
}

function larger<T extends Uint8Array | Uint32Array | Float64Array>(array: T, length: number): T {
  const made = new (array.constructor as new (length: number) => T)(length);
  made.set(array);
  return made;
}

async function isEmpty(image: ImageReader, folder: Stat["inode"]): Promise<boolean> {
  for await (const _ of image.list(folder)) return false;
  return true;
}
