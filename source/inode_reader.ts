/**
 * Reads all that is known of one inode: status, attributes, target, holes.
 * @module
 */

import { S_IFBLK, S_IFCHR, S_IFLNK, S_IFMT, S_IFREG } from "../ext4/tree.ts";
import type { NewInode } from "../ext4/tree_builder.ts";
import type { Breather } from "../host/breathe.ts";
import { ERRNO, SystemError } from "../host/libc/errno.ts";
import {
  closeRead,
  type Descriptor,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
} from "../host/libc/files.ts";
import { readTarget } from "../host/libc/nodes.ts";
import { mayRead, statusAtCString, StatusBuffer, statusOfOpen } from "../host/libc/status.ts";
import {
  AttributeReader,
  type OnUnreadable,
  pathThroughProc,
  readAttributes,
} from "../host/libc/xattrs.ts";
import { isRoot } from "../host/user.ts";
import { dataRangesOf } from "./data_ranges.ts";

/** To look for holes in a file above this takes nothing beside reading it. */
export const SMALL_FILE_BYTES = 64 * 1024;
const SMALLEST_HOLE_BYTES = 4096;
const DOT = new TextEncoder().encode(".");

/** An attribute that cannot be read, or, without a name, all of them. */
export interface UnreadAttribute {
  readonly error: SystemError;
  readonly name: Uint8Array | undefined;
}

/** What was looked at changed before all of it was read. */
export class ChangedError extends Error {}

/** How often a name is looked at again that changes while it is looked at. */
export const MOST_TRIES = 3;

/** Looks at names, one after the other; the fields describe what was looked at last. */
export type NameReader = Pick<
  InodeReader,
  | "look"
  | "read"
  | "opensAsFolder"
  | "status"
  | "type"
  | "isEmptyFile"
  | "fileSystem"
  | "linkKey"
  | "unread"
>;

/** Looks at the names of one folder after the other. */
export class InodeReader {
  readonly #status = new StatusBuffer();
  readonly #again = new StatusBuffer();
  readonly #attributes = new AttributeReader();
  readonly #mayReadAll = isRoot();
  #folder: Descriptor | undefined;

  /** Attributes that could not be read of what was read last. */
  readonly #unread: UnreadAttribute[] = [];
  readonly #onUnreadable: OnUnreadable = (error, name) => void this.#unread.push({ error, name });

  /**
   * @param allTimes Read access, change and creation times as well.
   * @param likelyHoles Look for holes only where fewer bytes are allocated than there are.
   */
  constructor(
    private readonly allTimes: boolean,
    private readonly breather: Breather,
    private readonly likelyHoles = false,
  ) {}

  /** Goes to an open folder. */
  enter(folder: Descriptor): void {
    this.#folder = folder;
    this.#attributes.enter(folder);
  }

  /** Looks at a name; the getters below then describe it. @throws SystemError */
  look(cName: Uint8Array): void {
    statusAtCString(this.#folder!, cName, this.#status);
  }

  /** What was looked at, valid until the next look. */
  get status(): StatusBuffer {
    return this.#status;
  }

  /** The type bits of what was looked at. */
  get type(): number {
    return this.#status.mode & S_IFMT;
  }

  /** Whether what was looked at is a file that says that it is empty. */
  get isEmptyFile(): boolean {
    return this.#status.sizeBytes === 0 && this.type === S_IFREG;
  }

  /** The file system of what was looked at. */
  get fileSystem(): string {
    return this.#status.fileSystem;
  }

  /** Identifies inodes with several names; `undefined` for one that has a single name. */
  get linkKey(): string | undefined {
    return this.#status.countLinks > 1 ? this.#status.inodeKey : undefined;
  }

  /** What could not be read of the attributes of what was read last, which is without them. */
  get unread(): readonly UnreadAttribute[] {
    return this.#unread;
  }

  /**
   * All of the name that was looked at; a promise where its holes are many.
   * @throws SystemError when a part cannot be read; ChangedError.
   */
  read(cName: Uint8Array): NewInode | Promise<NewInode> {
    const metadata = this.#metadata();
    const type = this.type;
    if (type === S_IFREG && !this.#mayReadAll && !mayRead(this.#folder!, cName)) {
      throw new SystemError("open", ERRNO.EACCES);
    }
    this.#unread.length = 0;
    const xattrs = this.#attributes.ofName(cName, this.#onUnreadable);
    if (xattrs.length > 0) this.#requireUnchanged(cName);
    if (type === S_IFLNK) {
      return { ...metadata, xattrs, target: readTarget(this.#folder!, cName.subarray(0, -1)) };
    }
    const sizeBytes = metadata.sizeBytes!;
    if (type !== S_IFREG || !this.#mayHaveHoles(sizeBytes, xattrs.length > 0)) {
      return xattrs.length === 0 ? metadata : { ...metadata, xattrs };
    }
    const found = (dataRanges: Float64Array | undefined) =>
      dataRanges === undefined ? { ...metadata, xattrs } : { ...metadata, xattrs, dataRanges };
    const dataRanges = this.#dataRanges(cName.subarray(0, -1), sizeBytes);
    return dataRanges instanceof Promise ? dataRanges.then(found) : found(dataRanges);
  }

  /** Whether a name whose status cannot be read can be opened as a folder. */
  opensAsFolder(cName: Uint8Array): boolean {
    try {
      const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
      closeRead(openAt(this.#folder!, cName.subarray(0, -1), flags));
      return true;
    } catch (error) {
      if (error instanceof SystemError) return false;
      throw error;
    }
  }

  /** All of an open folder; the getters then describe it. @throws SystemError of its status. */
  readFolder(folder: Descriptor): NewInode {
    statusOfOpen(folder, this.#status);
    this.#unread.length = 0;
    const xattrs = readAttributes(pathThroughProc(folder, DOT), this.#onUnreadable);
    return { ...this.#metadata(), xattrs };
  }

  /** Attributes are read by name: those of another inode could give away what is in this one. */
  #requireUnchanged(cName: Uint8Array): void {
    statusAtCString(this.#folder!, cName, this.#again);
    if (!this.#again.isSameAs(this.#status)) throw new ChangedError();
  }

  /**
   * What a file has allocated may lie elsewhere than in its contents: in blocks of attributes or
   * extents, behind its end. So a small file without attributes is believed, to be quick.
   */
  #mayHaveHoles(sizeBytes: number, hasAttributes: boolean): boolean {
    return this.#status.allocatedBytes < sizeBytes ||
      (!this.likelyHoles && sizeBytes > SMALL_FILE_BYTES) ||
      (hasAttributes && sizeBytes > SMALLEST_HOLE_BYTES);
  }

  #metadata(): NewInode {
    const status = this.#status;
    const type = this.type;
    const { mode, uid, gid, mtime } = status;
    const sizeBytes = type === S_IFREG ? status.sizeBytes : 0;
    if (!this.allTimes && type === S_IFREG) return { mode, uid, gid, sizeBytes, mtime };
    const times = this.allTimes
      ? { mtime, atime: status.atime, ctime: status.ctime, crtime: status.crtime }
      : { mtime };
    const { deviceMajor: major, deviceMinor: minor } = status;
    const device = type === S_IFCHR || type === S_IFBLK ? { device: { major, minor } } : {};
    return { mode, uid, gid, sizeBytes, ...times, ...device };
  }

  /** A file that cannot be opened now is taken for one without holes; reading it will show. */
  #dataRanges(
    name: Uint8Array,
    sizeBytes: number,
  ): Float64Array | undefined | Promise<Float64Array | undefined> {
    let file: Descriptor;
    try {
      // Without O_NONBLOCK, a FIFO put in the file's place would block for ever.
      file = openAt(this.#folder!, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      return withoutHoles(error);
    }
    let search: Float64Array | undefined | Promise<Float64Array | undefined>;
    try {
      statusOfOpen(file, this.#again);
      const isSame = this.#again.isSameAs(this.#status);
      search = isSame ? dataRangesOf(file, sizeBytes, this.breather) : undefined;
    } catch (error) {
      closeRead(file);
      return withoutHoles(error);
    }
    if (search instanceof Promise) {
      return search.catch(withoutHoles).finally(() => closeRead(file));
    }
    closeRead(file);
    return search;
  }
}

/** @throws what is not a failed call of the system. */
function withoutHoles(error: unknown): undefined {
  if (!(error instanceof SystemError)) throw error;
}
