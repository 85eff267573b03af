/**
 * A folder of an image as a tar archive, written front to back.
 * @module
 */

import {
  nameOf,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import type { ByteRange, ImageFile } from "../../ext4/reader/image_file.ts";
import { Breather } from "../../host/breathe.ts";
import { joinBytes } from "../../host/libc/paths.ts";
import type { ImagePath } from "../../ext4/reader/path.ts";
import type { ImageReader } from "./image_reader.ts";
import { type ImageTree, readImageTree } from "./image_tree.ts";
import { attributeRecords } from "./tar/attributes.ts";
import { BLOCK_BYTES, headerBlocks, type Member, paddingBytes, TYPE } from "./tar/header.ts";
import { sparseMember } from "./tar/sparse.ts";
import { pathBytesOf, shownPathOf } from "./tree_path.ts";

/** What to export. */
export interface ExportOptions {
  /** From the root of the image, with all below it; none means everything. */
  readonly path?: ImagePath;
  readonly signal?: AbortSignal;
  /** Told how far it is. */
  onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
  /** A name that a tar archive cannot hold: a socket. */
  onSkipped?(path: string): void;
}

const PIECE_BYTES = 1 << 20;
const encoder = new TextEncoder();
/** GNU tar reads and writes twenty blocks at a time, and expects the end to be filled up. */
const RECORD_BYTES = 20 * BLOCK_BYTES;

/**
 * The bytes of a pax archive, piece by piece: each is valid until the next is asked for.
 *
 * Paths are those in the image, without a slash at the beginning. Times have nanoseconds; names
 * need not be UTF-8; attributes, ACLs, devices, hard links and holes are kept.
 *
 * @throws PathError when the path is not in the image; CorruptImageError; the signal's reason.
 */
export async function* exportTar(
  image: ImageReader,
  options: ExportOptions = {},
): AsyncGenerator<Uint8Array> {
  const signal = options.signal ?? new AbortController().signal;
  const source = await readImageTree(image, {
    paths: options.path === undefined ? [] : [options.path],
    signal,
    onProgress: (done) => options.onProgress?.(done, undefined, "files"),
  });
  let countBytes = 0;
  for await (const piece of new TarExport(image, source, options, signal).pieces()) {
    countBytes += piece.length;
    yield piece;
  }
  const end = 2 * BLOCK_BYTES;
  const filled = Math.ceil((countBytes + end) / RECORD_BYTES) * RECORD_BYTES;
  yield new Uint8Array(filled - countBytes);
}

class TarExport {
  readonly #tree: Tree;
  readonly #breather: Breather;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #doneBytes = 0;

  constructor(
    private readonly image: ImageReader,
    private readonly source: ImageTree,
    private readonly options: ExportOptions,
    signal: AbortSignal,
  ) {
    this.#tree = source.tree;
    this.#breather = new Breather(signal);
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    const tree = this.#tree;
    if (this.options.path === undefined) {
      yield* headerBlocks(this.#member(0 as TreeInode, encoder.encode("./"), TYPE.folder));
    }
    // The names of a folder are consecutive: its path is put together once.
    let folder = -1;
    let folderPath = new Uint8Array();
    for (let entry = 0; entry < tree.countEntries; entry++) {
      if (tree.entryParent[entry]! !== folder) {
        folder = tree.entryParent[entry]!;
        folderPath = new Uint8Array(pathBytesOf(tree, folder as TreeInode));
      }
      const path = joinBytes(folderPath, nameOf(tree, entry as TreeEntry));
      yield* this.#entry(entry as TreeEntry, path);
      if (this.#breather.due) await this.#breather.pause();
    }
  }

  async *#entry(entry: TreeEntry, path: Uint8Array): AsyncGenerator<Uint8Array> {
    const tree = this.#tree;
    const row = tree.entryInode[entry]! as TreeInode;
    if (tree.nameEntry[row] !== entry) {
      const linkName = pathBytesOf(tree, row);
      return yield* headerBlocks({ ...this.#member(row, path, TYPE.link), linkName });
    }
    switch (tree.mode[row]! & S_IFMT) {
      case S_IFREG:
        return yield* this.#file(row, path);
      case S_IFDIR:
        return yield* headerBlocks(
          this.#member(row, joinBytes(path, new Uint8Array()), TYPE.folder),
        );
      case S_IFLNK: {
        const linkName = targetOf(tree, row);
        return yield* headerBlocks({ ...this.#member(row, path, TYPE.symlink), linkName });
      }
      case S_IFCHR:
        return yield* headerBlocks(this.#member(row, path, TYPE.characterDevice));
      case S_IFBLK:
        return yield* headerBlocks(this.#member(row, path, TYPE.blockDevice));
      case S_IFIFO:
        return yield* headerBlocks(this.#member(row, path, TYPE.fifo));
      default:
        this.options.onSkipped?.(shownPathOf(tree, row));
    }
  }

  async *#file(row: TreeInode, path: Uint8Array): AsyncGenerator<Uint8Array> {
    const { sizeBytes } = this.#tree;
    const size = sizeBytes[row]!;
    const member = this.#member(row, path, TYPE.file);
    const file = await this.image.openFile(this.source.inodeOf(row));
    const ranges = this.source.allocatedBytesOf(row) < size ? await rangesOf(file) : undefined;
    const hasHoles = ranges !== undefined &&
      !(ranges.length === 1 && ranges[0]!.startBytes === 0 && ranges[0]!.endBytes === size);
    if (!hasHoles) {
      yield* headerBlocks({ ...member, sizeBytes: size });
      yield* this.#data(file, 0, size);
      yield new Uint8Array(paddingBytes(size));
      return;
    }
    const sparse = sparseMember(path, size, ranges);
    const records = [...sparse.records, ...member.records ?? []];
    yield* headerBlocks({ ...member, name: sparse.name, sizeBytes: sparse.storedBytes, records });
    yield sparse.map;
    for (const { startBytes, endBytes } of ranges) yield* this.#data(file, startBytes, endBytes);
    yield new Uint8Array(paddingBytes(sparse.storedBytes));
  }

  async *#data(file: ImageFile, start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let offset = start; offset < end; offset += PIECE_BYTES) {
      const piece = this.#piece.subarray(0, Math.min(PIECE_BYTES, end - offset));
      const reading = file.read(offset, piece);
      if (reading instanceof Promise) await reading;
      yield piece;
      this.#doneBytes += piece.length;
      this.options.onProgress?.(this.#doneBytes, undefined, "bytes");
      if (this.#breather.due) await this.#breather.pause();
    }
  }

  #member(row: TreeInode, name: Uint8Array, type: Member["type"]): Member {
    const tree = this.#tree;
    const { seconds, nanoseconds } = tree.mtime;
    const device = tree.devices.get(row);
    // A further name repeats neither contents nor attributes.
    const xattrs = type === TYPE.link ? [] : tree.xattrSets[tree.xattrSet[row]!]!;
    return {
      type,
      name,
      mode: tree.mode[row]!,
      uid: tree.uid[row]!,
      gid: tree.gid[row]!,
      sizeBytes: 0,
      mtime: { seconds: seconds[row]!, nanoseconds: nanoseconds[row]! },
      ...(device === undefined ? {} : { device }),
      records: attributeRecords(xattrs),
    };
  }
}

async function rangesOf(file: ImageFile): Promise<ByteRange[]> {
  const { sizeBytes } = file.stat;
  const ranges: ByteRange[] = [];
  for await (const { startBytes, endBytes } of file.dataRanges()) {
    ranges.push({ startBytes, endBytes: Math.min(endBytes, sizeBytes) });
  }
  return ranges;
}
