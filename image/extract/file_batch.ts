/**
 * Files that are to be made, packed into a buffer, so that any thread can make them: first what is
 * known of each, then contents, where several files may share what was read of the image at once.
 * @module
 */

import type { Tree, TreeEntry, TreeInode } from "../../ext4/tree.ts";
import { OPEN_FILES_LIMIT } from "../../host/files/open_files.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { putTime, TIME_WORDS } from "../../host/libc/open_nodes.ts";
import { MOST_JOBS } from "../../host/threads/job_pool.ts";
import type { OwnerAndMode } from "./plain_metadata.ts";

// Words of a file.
const FOLDER = 0;
const ROW = 1;
const NAME_LENGTH = 2;
const IS_PLACE = 3;
const AT = 4;
const LENGTH = 5;
const UID = 6;
const GID = 7;
const MODE = 8;
const TIMES = 9;
const FIELD_WORDS = TIMES + 2 * TIME_WORDS;
const WORD_BYTES = 4;
/** Behind its words is its name, in a place of fixed length. */
const NAME_BYTES = 256;
const HEAD_WORDS = FIELD_WORDS + NAME_BYTES / WORD_BYTES;
/** The count of files, before the first. */
const FIRST_WORD = 1;

/** Enough that handing over costs little, few enough that two threads end together. */
const MOST_FILES = 64;
/** Where contents begin; places of files have numbers of eight bytes. */
const CONTENTS_AT = Math.ceil((FIRST_WORD + MOST_FILES * HEAD_WORDS) / 2) * 2 * WORD_BYTES;
/** Each is an open descriptor in every batch that is under way. */
const MOST_FOLDERS = Math.max(1, Math.min(16, Math.floor(OPEN_FILES_LIMIT / 2 / (MOST_JOBS + 1))));

/** Packs files into a buffer. */
export class BatchWriter {
  readonly #words: Int32Array;
  #endBytes = CONTENTS_AT;
  #countFiles = 0;
  #countFolders = 0;
  #folderRow: TreeInode | undefined;
  #folder: Descriptor | undefined;

  /**
   * @param buffer Room for all that is known of the files, and for the longest that is read whole.
   * @param tree What their names are in.
   * @param openFolder Opens a folder for the batch alone.
   */
  constructor(
    private readonly buffer: Uint8Array,
    private readonly tree: Tree,
    private readonly openFolder: (row: TreeInode) => Descriptor,
  ) {
    this.#words = wordsOf(buffer);
    this.#words[0] = 0;
  }

  /** Whether it is time to have the files made. */
  get isFull(): boolean {
    return this.#countFiles >= MOST_FILES || this.#countFolders >= MOST_FOLDERS;
  }

  /** How many there are. */
  get countFiles(): number {
    return this.#countFiles;
  }

  /** How many more there may be. */
  get roomFiles(): number {
    return MOST_FILES - this.#countFiles;
  }

  /** Bytes of contents that still fit. */
  get roomBytes(): number {
    return this.buffer.length - this.#endBytes;
  }

  /** Bytes used. */
  get endBytes(): number {
    return this.#endBytes;
  }

  /** All files so far. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.#endBytes);
  }

  /** Takes room for contents, of which there is enough. @returns where it is in the batch */
  take(lengthBytes: number): number {
    const at = this.#endBytes;
    this.#endBytes = at + lengthBytes;
    return at;
  }

  /** A view of what is somewhere in the batch. */
  view(at: number, lengthBytes: number): Uint8Array {
    return this.buffer.subarray(at, at + lengthBytes);
  }

  /**
   * Adds a file whose contents, or their place, lie in the batch already.
   * @param entry Its name.
   * @param isPlace Whether what lies there is not its contents, but where they are in the image.
   */
  add(
    entry: TreeEntry,
    { uid, gid, mode }: OwnerAndMode,
    at: number,
    lengthBytes: number,
    isPlace: boolean,
  ): void {
    const { tree, buffer } = this;
    const words = this.#words;
    const word = FIRST_WORD + this.#countFiles * HEAD_WORDS;
    const row = tree.entryInode[entry]!;
    const nameLength = tree.nameLength[entry]!;
    const { mtime, atime = mtime } = tree;
    words[word + FOLDER] = this.#open(tree.entryParent[entry]! as TreeInode);
    words[word + ROW] = row;
    words[word + NAME_LENGTH] = nameLength;
    words[word + IS_PLACE] = isPlace ? 1 : 0;
    words[word + AT] = at;
    words[word + LENGTH] = lengthBytes;
    words[word + UID] = uid;
    words[word + GID] = gid;
    words[word + MODE] = mode;
    putTime(words, word + TIMES, atime.seconds[row]!, atime.nanoseconds[row]!);
    putTime(words, word + TIMES + TIME_WORDS, mtime.seconds[row]!, mtime.nanoseconds[row]!);
    const from = tree.nameOffset[entry]!;
    const to = (word + FIELD_WORDS) * WORD_BYTES;
    for (let i = 0; i < nameLength; i++) buffer[to + i] = tree.bytes[from + i]!;
    words[0] = ++this.#countFiles;
  }

  #open(row: TreeInode): Descriptor {
    if (this.#folderRow !== row || this.#folder === undefined) {
      this.#folder = this.openFolder(row);
      this.#folderRow = row;
      this.#countFolders++;
    }
    return this.#folder;
  }
}

/**
 * The files of a batch, one after the other, read in place: many files make few objects.
 */
export class BatchReader {
  /** For what takes words out of it. */
  readonly words: Int32Array;
  readonly #countFiles: number;
  #index = -1;
  #at = 0;

  constructor(readonly buffer: Uint8Array) {
    this.words = wordsOf(buffer);
    this.#countFiles = this.words[0]!;
  }

  /** Goes on to the next file; false at the end. */
  next(): boolean {
    if (++this.#index >= this.#countFiles) return false;
    this.#at = FIRST_WORD + this.#index * HEAD_WORDS;
    return true;
  }

  /** Where the file goes. The descriptor belongs to the batch. */
  get folder(): Descriptor {
    return this.words[this.#at + FOLDER]! as Descriptor;
  }

  get row(): TreeInode {
    return this.words[this.#at + ROW]! as TreeInode;
  }

  /** Where its name is in the buffer. */
  get nameAt(): number {
    return (this.#at + FIELD_WORDS) * WORD_BYTES;
  }

  /** 1 to 255. */
  get nameLength(): number {
    return this.words[this.#at + NAME_LENGTH]!;
  }

  /** Of its contents, or of where they lie in the image. */
  get lengthBytes(): number {
    return this.words[this.#at + LENGTH]!;
  }

  /** The contents, or where they lie in the image: a view. */
  get room(): Uint8Array {
    const at = this.words[this.#at + AT]!;
    return this.buffer.subarray(at, at + this.lengthBytes);
  }

  /** Whether the room says where the contents lie. */
  get isPlace(): boolean {
    return this.words[this.#at + IS_PLACE] === 1;
  }

  get uid(): number {
    return this.words[this.#at + UID]! >>> 0;
  }

  get gid(): number {
    return this.words[this.#at + GID]! >>> 0;
  }

  get mode(): number {
    return this.words[this.#at + MODE]!;
  }

  /** Which of the words its times begin at. */
  get timesAt(): number {
    return this.#at + TIMES;
  }
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length >> 2);
}
