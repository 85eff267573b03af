/**
 * The entries of a folder, a block at a time, in the order in which they are stored.
 * @module
 */

import { CorruptImageError } from "../../image_errors.ts";
import type { FileBlock, InodeNumber } from "../../numbers.ts";
import { FILE_TYPE } from "../../structs/directory.ts";
import { FileData } from "../contents/file_data.ts";
import { inlineParts } from "../contents/inline_data.ts";
import { corrupt } from "../corrupt.ts";
import { hasFlag, type Inode, isInline } from "../inode/inode.ts";
import { u32At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import {
  type EntryArea,
  leafEnd,
  scanEntries,
  scanRemains,
  verifyDirectoryBlock,
  type VisitEntry,
} from "./directory_block.ts";
import { encryptedName } from "./encrypted_name.ts";
import { type EntrySink, RawEntryArray } from "./raw_entries.ts";
import type { RawEntry } from "./raw_entry.ts";

/** A folder with more broken blocks than this is not taken for one: what follows is left out as well. */
const MOST_LEFT_OUT = 1000;

/** Reads a folder from its start to its end. */
export class DirectoryCursor {
  /** The folder that `..` names; known once the first block was read. */
  parent = 0 as InodeNumber;
  /** Whether `.` and `..` are said to be folders, and end in a NUL; no reader depends on it. */
  areDotsSound = true;
  readonly #volume: Volume;
  readonly #folder: Inode;
  readonly #data: FileData | undefined;
  readonly #countBlocks: number;
  #next = 0;
  /** Given out behind those of the blocks. */
  #more: readonly RawEntry[];
  #countLeftOut = 0;

  private constructor(
    volume: Volume,
    folder: Inode,
    data: FileData | undefined,
    countBlocks: number,
    more: readonly RawEntry[],
  ) {
    this.#volume = volume;
    this.#folder = folder;
    this.#data = data;
    this.#countBlocks = countBlocks;
    this.#more = more;
  }

  /**
   * Opens a folder, whose names may be encrypted.
   * @param more entries that it has beside its own
   * @throws CorruptImageError when a folder cannot have its size
   */
  static *open(
    volume: Volume,
    folder: Inode,
    more: readonly RawEntry[] = [],
  ): Reading<DirectoryCursor> {
    if (volume.inodes.standIn(folder.number) !== undefined) {
      return new DirectoryCursor(volume, folder, undefined, 0, more);
    }
    if (isInline(volume.geometry, folder)) {
      return new DirectoryCursor(volume, folder.detached(), undefined, 1, more);
    }
    const { blockSizeBytes, countBlocks } = volume.geometry;
    const blocks = folder.sizeBytes / blockSizeBytes;
    if (!Number.isInteger(blocks) || blocks === 0 || blocks > countBlocks) {
      throw corrupt("directory-size", "ext4_inode", "i_size is not a size that a folder can have", {
        inode: folder.number,
        i_size: folder.sizeBytes,
      });
    }
    const own = folder.detached();
    const data = yield* FileData.open(volume, own, true);
    return new DirectoryCursor(volume, own, data, blocks, more);
  }

  get #isEncrypted(): boolean {
    return hasFlag(this.#folder, "encrypt");
  }

  /** Whether there is nothing more to be read. */
  get isAtEnd(): boolean {
    return this.#next >= this.#countBlocks && this.#more.length === 0;
  }

  /** Whether a block was broken and left out. */
  get hasLeftOut(): boolean {
    return this.#countLeftOut > 0;
  }

  /**
   * Some more entries but `.` and `..`, at least one; `undefined` at the end. Ordered by inode,
   * the first at the end of the array: taken from there, their inodes are read in one go, and what
   * was taken is no longer held.
   * Encrypted names are given in the form in which the kernel lists them without the key.
   * @param atLeast how many, unless the folder ends before
   * @param onBroken takes the error of a block that is broken, which is left out then, or throws it
   */
  *next(
    atLeast: number,
    onBroken?: (error: unknown) => void,
  ): Reading<RawEntry[] | undefined> {
    const sink = new RawEntryArray();
    yield* this.readInto(sink, atLeast, onBroken);
    if (sink.length === 0) return undefined;
    return sink.entries.sort((a, b) => b.inode - a.inode);
  }

  /** Some more entries, none only at the end, in the order in which they are stored; see `next`. */
  *readInto(
    sink: EntrySink,
    atLeast: number,
    onBroken?: (error: unknown) => void,
  ): Reading<void> {
    const add: VisitEntry = (bytes, nameAt, length, inode, fileType) => {
      if (!this.#isEncrypted) return sink.add(bytes, nameAt, length, inode, fileType);
      const stored = bytes.subarray(nameAt, nameAt + length);
      const name = encryptedName(this.#volume.geometry, this.#folder, stored);
      sink.add(name, 0, name.length, inode, fileType);
    };
    for (let isEnd = false; sink.length < atLeast && !isEnd;) {
      const countSound = sink.length;
      try {
        isEnd = !(yield* this.visitNext(add));
      } catch (error) {
        if (onBroken === undefined) throw error;
        sink.truncate(countSound);
        onBroken((yield* this.#visitRemains(add)) ? asUnchecked(error) : error);
        isEnd = ++this.#countLeftOut > MOST_LEFT_OUT;
      }
      if (!isEnd) continue;
      for (const { bytes, nameAt, nameLength, inode, fileType } of this.#more) {
        sink.add(bytes, nameAt, nameLength, inode, fileType);
      }
      this.#more = [];
    }
  }

  /**
   * Visits the entries of the next block but `.` and `..`, without copying names.
   * @returns false when there was no further block
   */
  *visitNext(visit: VisitEntry): Reading<boolean> {
    if (this.#next >= this.#countBlocks) return false;
    const fileBlock = this.#next++ as FileBlock;
    if (this.#data === undefined) {
      this.#visitInline(visit);
      return true;
    }
    const bytes = yield* this.#data.block(fileBlock);
    const folder = this.#folder.number;
    if (bytes === undefined) {
      throw corrupt("directory-hole", "ext4_dir_entry_2", "the folder has a hole", {
        inode: folder,
        fileBlock,
      });
    }
    const { geometry } = this.#volume;
    const kind = verifyDirectoryBlock(geometry, this.#folder, fileBlock, bytes);
    if (kind === "index-node") return true;
    const end = kind === "leaf" ? leafEnd(geometry, bytes) : bytes.length;
    const hasDots = fileBlock === 0;
    const isEncrypted = this.#isEncrypted;
    this.#scan({ bytes, start: 0, end, hasDots, isEncrypted, folder, fileBlock }, visit);
    return true;
  }

  /** Visits what looks like entries in the block that was just found broken, if it can be read. */
  *#visitRemains(visit: VisitEntry): Reading<boolean> {
    const fileBlock = this.#next - 1 as FileBlock;
    try {
      const bytes = yield* this.#data?.block(fileBlock) ?? nothing();
      if (bytes === undefined) return false;
      let count = 0;
      const area = { hasDots: fileBlock === 0, isEncrypted: this.#isEncrypted };
      scanRemains(this.#volume.geometry, bytes, area, (...entry) => {
        count++;
        visit(...entry);
      });
      return count > 0;
    } catch (error) {
      if (error instanceof CorruptImageError) return false;
      throw error;
    }
  }

  /** Inline: the parent's number, then entries to the end of the field, then more entries. */
  #visitInline(visit: VisitEntry): void {
    const { field, rest } = inlineParts(this.#folder);
    const folder = this.#folder.number;
    this.parent = u32At(field, 0) as InodeNumber;
    const area = {
      hasDots: false,
      isEncrypted: this.#isEncrypted,
      folder,
      fileBlock: 0 as FileBlock,
    };
    this.#scan({ ...area, bytes: field, start: 4, end: field.length }, visit);
    this.#scan({ ...area, bytes: rest, start: 0, end: rest.length }, visit);
  }

  #scan(area: EntryArea, visit: VisitEntry): void {
    let skip = area.hasDots ? 2 : 0;
    scanEntries(this.#volume.geometry, area, (bytes, nameAt, nameLength, inode, fileType) => {
      if (skip-- > 0) {
        this.parent = inode;
        const isFolder = fileType === FILE_TYPE.unknown || fileType === FILE_TYPE.directory;
        this.areDotsSound &&= isFolder && bytes[nameAt + nameLength] === 0;
      } else visit(bytes, nameAt, nameLength, inode, fileType);
    });
  }
}

/** The error of a block whose entries are used all the same. */
function asUnchecked(error: unknown): unknown {
  if (!(error instanceof CorruptImageError)) return error;
  const { code, structure, message, fields } = error;
  const text = `${message} The names that can be made out are used, unchecked.`;
  return new CorruptImageError(code, structure, text, fields, { cause: error });
}

// deno-lint-ignore require-yield
function* nothing(): Reading<undefined> {
  return undefined;
}
