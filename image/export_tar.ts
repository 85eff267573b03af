/**
 * A folder of an image as a tar archive, written front to back.
 * @module
 */

import { leaveOut } from "../ext4/reader/leave_out.ts";
import { splitPath } from "../ext4/reader/path.ts";
import {
  hasType,
  nameOf,
  NO_ENTRY,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../ext4/tree.ts";
import { Breather } from "../host/breathe.ts";
import { joinBytes } from "../host/libc/paths.ts";
import type { DamagedFileError } from "../pipeline/build_errors.ts";
import { asBroken, ContentCheck, damageOf } from "./content_check.ts";
import type { ImageFile } from "./image_file.ts";
import type { ImageReader } from "./image_reader.ts";
import { type ImageTree, readImageTree } from "./image_tree.ts";
import { BLOCK_BYTES, headerBlocks, type Member, paddingBytes } from "./tar/header.ts";
import { memberOf } from "./tar/member.ts";
import { PieceBuffer } from "./tar/piece_buffer.ts";
import { type DataLayout, sparseLayout, wholeLayout } from "./tar/sparse.ts";
import { asDamagedFile, StoredDamageError } from "./stored/stored_damage_error.ts";
import { pathBytesOf, shownPathOf } from "./tree_path.ts";

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
export async function* exportImage(
  image: ImageReader,
  options: {
    /** From the root of the image, with all below it; none means everything. */
    readonly path?: string | Uint8Array;
    /** Whether the folders that lead to the path are left out: the first member is its last name. */
    readonly withoutParents?: boolean;
    /** Cancels it. */
    readonly signal?: AbortSignal;
    /** Receives the size of the whole archive before its first byte; no contents are read for it. */
    onSize?(sizeBytes: number): void;
    /** Receives how far it is. */
    onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
    /** A name that a tar archive cannot hold: a socket. */
    onSkipped?(path: string): void;
    /** A file that is in the archive by now, and not as it was stored in the image. */
    onDamaged?(error: DamagedFileError): void;
  } = {},
): AsyncGenerator<Uint8Array> {
  const signal = options.signal ?? new AbortController().signal;
  const source = await readImageTree(image, {
    paths: options.path === undefined ? [] : [options.path],
    signal,
    onProgress: (done) => options.onProgress?.(done, undefined, "files"),
  });
  yield* new TarExport(image, source, options, signal).pieces();
}

type ExportOptions = NonNullable<Parameters<typeof exportImage>[1]>;

class TarExport {
  readonly #tree: Tree;
  readonly #breather: Breather;
  readonly #out = new PieceBuffer();
  /** Broken files, whose further names would be links to nothing. */
  readonly #leftOut = new Set<TreeInode>();
  /** Bytes of the path of what leads to the path that was asked for, and is left out. */
  readonly #cutBytes: number;

  constructor(
    private readonly image: ImageReader,
    private readonly source: ImageTree,
    private readonly options: ExportOptions,
    signal: AbortSignal,
  ) {
    this.#tree = source.tree;
    this.#breather = new Breather(signal);
    const names = options.withoutParents === true ? splitPath(options.path ?? "") : [];
    const parents = names.slice(0, -1).reduce(joinBytes, new Uint8Array());
    this.#cutBytes = parents.length === 0 ? 0 : parents.length + 1;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    await (await this.image.record()).load();
    yield* this.#members(await ContentCheck.of(this.image));
    const out = this.#out;
    const filled = filledBytes(out.countBytes);
    yield out.take();
    yield new Uint8Array(filled - out.countBytes);
  }

  async *#members(check: ContentCheck | undefined): AsyncGenerator<Uint8Array> {
    const out = this.#out;
    if (this.options.onSize !== undefined) this.options.onSize(await this.#countBytes());
    for (const { entry, row, path } of this.#names()) {
      if (this.#leftOut.has(row)) continue;
      const member = memberOf(this.#tree, entry, row, path, this.#cutBytes);
      if (member === undefined) {
        this.options.onSkipped?.(shownPathOf(this.#tree, row));
        continue;
      }
      if (this.#breather.due) await this.#rest();
      const hasContents = hasType(this.#tree, row, S_IFREG) && this.#isFirst(entry, row);
      if (!hasContents) {
        for (const block of headerBlocks(member)) if (out.put(block)) yield out.take();
        const isNew = this.#isFirst(entry, row);
        if (isNew && !this.#hasSameTarget(row, check)) await this.#different(row);
        continue;
      }
      const opened = await this.#open(row, member);
      if (opened === undefined) continue;
      const { file, layout } = opened;
      for (const block of headerBlocks(layout.member)) if (out.put(block)) yield out.take();
      if (out.put(layout.map)) yield out.take();
      await check?.begin(file);
      let damaged: StoredDamageError | undefined;
      for (const { startBytes, endBytes } of layout.ranges) {
        for (let offset = startBytes; offset < endBytes;) {
          const space = out.space(endBytes - offset);
          const damage = await this.#read(file, offset, space);
          damaged ??= damage;
          check?.add(space, offset);
          offset += space.length;
          if (out.advance(space.length)) yield out.take();
          if (this.#breather.due) await this.#rest();
        }
      }
      if (out.put(new Uint8Array(paddingBytes(layout.member.sizeBytes)))) yield out.take();
      const isDifferent = check?.finish() === false;
      if (damaged !== undefined) {
        this.#nameDamaged(row, asDamagedFile(damaged, shownPathOf(this.#tree, row)));
      } else if (isDifferent) await this.#different(row);
    }
  }

  #hasSameTarget(row: TreeInode, check: ContentCheck | undefined): boolean {
    if (check === undefined || !hasType(this.#tree, row, S_IFLNK)) return true;
    return check.matches(this.source.inodeOf(row), targetOf(this.#tree, row));
  }

  /** The size of the archive; finds what is broken and left out on the way. */
  async #countBytes(): Promise<number> {
    let bytes = 0;
    const add = (blocks: readonly Uint8Array[]) => {
      for (const block of blocks) bytes += block.length;
    };
    for (const { entry, row, path } of this.#names()) {
      if (this.#breather.due) await this.#breather.pause();
      const member = this.#leftOut.has(row)
        ? undefined
        : memberOf(this.#tree, entry, row, path, this.#cutBytes);
      if (member === undefined) continue;
      const hasContents = hasType(this.#tree, row, S_IFREG) && this.#isFirst(entry, row);
      if (!hasContents) {
        add(headerBlocks(member));
        continue;
      }
      const layout = this.#plainLayout(row, member) ??
        (await this.#open(row, member))?.layout;
      if (layout === undefined) continue;
      add(headerBlocks(layout.member));
      const { sizeBytes } = layout.member;
      bytes += sizeBytes + paddingBytes(sizeBytes);
    }
    return filledBytes(bytes);
  }

  /** How a file without holes is stored, where nothing of it need be read to know that. */
  #plainLayout(row: TreeInode, member: Member): DataLayout | undefined {
    const sizeBytes = this.#tree.sizeBytes[row]!;
    const isKnown = this.image.onBroken === undefined &&
      this.source.allocatedBytesOf(row) >= sizeBytes;
    return isKnown ? wholeLayout(member, sizeBytes) : undefined;
  }

  /** Names a file that is in the archive by now, and not as it was stored. */
  async #different(row: TreeInode): Promise<void> {
    const damage = await damageOf(
      this.image,
      shownPathOf(this.#tree, row),
      this.source.inodeOf(row),
    );
    if (damage !== undefined) this.#nameDamaged(row, damage);
  }

  /** Fills `space`: with zeros where what it lies in is damaged, for the header has promised it. */
  async #read(
    file: ImageFile,
    offset: number,
    space: Uint8Array,
  ): Promise<StoredDamageError | undefined> {
    try {
      const reading = file.read(offset, space);
      if (reading instanceof Promise) await reading;
    } catch (error) {
      if (!(error instanceof StoredDamageError)) throw error;
      space.fill(0);
      return error;
    }
    return undefined;
  }

  #nameDamaged(row: TreeInode, damage: DamagedFileError): void {
    const { onBroken } = this.image;
    if (onBroken === undefined) this.options.onDamaged?.(damage);
    else onBroken(asBroken(damage), pathBytesOf(this.#tree, row));
  }

  /** The contents of a file, or `undefined` where they are broken and left out. */
  async #open(
    row: TreeInode,
    member: Member,
  ): Promise<{ readonly file: ImageFile; readonly layout: DataLayout } | undefined> {
    try {
      const file = await this.image.openFile(this.source.inodeOf(row));
      return { file, layout: await this.#layoutOf(file, member) };
    } catch (error) {
      leaveOut(error, this.image, () => pathBytesOf(this.#tree, row));
      this.#leftOut.add(row);
      return undefined;
    }
  }

  /**
   * All names, each folder's followed by what is in it: what is not a folder first, as images made by
   * icecore hold their contents.
   */
  *#names(): Generator<{ entry: TreeEntry; row: TreeInode; path: Uint8Array }> {
    const tree = this.#tree;
    const stack = [{
      entry: NO_ENTRY as TreeEntry,
      row: 0 as TreeInode,
      path: new Uint8Array() as Uint8Array,
    }];
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      // What leads to the path that was asked for is part of the archive; the root only as a whole.
      const isAsked = folder.row !== 0 || this.options.path === undefined;
      if (isAsked && folder.path.length >= this.#cutBytes) yield folder;
      const below: typeof stack = [];
      const first = tree.payload[folder.row]!;
      for (let at = first; at < first + tree.countChildren[folder.row]!; at++) {
        const entry = at as TreeEntry;
        const row = tree.entryInode[entry]! as TreeInode;
        const path = joinBytes(folder.path, nameOf(tree, entry));
        if (hasType(tree, row, S_IFDIR)) below.push({ entry, row, path });
        else yield { entry, row, path };
      }
      stack.push(...below.reverse());
    }
  }

  async #layoutOf(file: ImageFile, member: Member): Promise<DataLayout> {
    const { sizeBytes, allocatedBytes } = file.stat;
    const isWhole = allocatedBytes >= sizeBytes;
    // What is to be left out must be found broken before a header promises it.
    if (isWhole && this.image.onBroken === undefined) return wholeLayout(member, sizeBytes);
    const ranges = [];
    for await (const range of file.dataRanges()) ranges.push(range);
    return isWhole ? wholeLayout(member, sizeBytes) : sparseLayout(member, sizeBytes, ranges);
  }

  #isFirst(entry: TreeEntry, row: TreeInode): boolean {
    return this.#tree.nameEntry[row] === entry;
  }

  async #rest(): Promise<void> {
    this.options.onProgress?.(this.#out.countBytes, undefined, "bytes");
    await this.#breather.pause();
  }
}

/** The size of an archive with its end. */
function filledBytes(membersBytes: number): number {
  return Math.ceil((membersBytes + 2 * BLOCK_BYTES) / RECORD_BYTES) * RECORD_BYTES;
}
