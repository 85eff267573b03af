/**
 * An image that is open for reading.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import { S_IFDIR } from "../tree.ts";
import type { Xattr } from "../tree.ts";
import type { BlockSource } from "./bytes/block_source.ts";
import { readContiguous } from "./contents/contiguous_contents.ts";
import { encrypted } from "./contents/file_data.ts";
import type { RawEntry } from "./directory/raw_entry.ts";
import { hasFlag, type Inode, isType } from "./inode/inode.ts";
import { leaveOut, type LeavingOut, type OnBroken, type OnUnsupported } from "./leave_out.ts";
import { KnownInodes } from "./metadata/known_inodes.ts";
import { loadLinkTarget } from "./metadata/link_target.ts";
import {
  loadInodesChecksum,
  loadMayBeLayer,
  loadRecord,
  type RecordData,
  type StoredRecord,
} from "./metadata/record.ts";
import { type ContiguousStat, type Stat, statOf } from "./metadata/stat.ts";
import { loadStoredFile, peekStoredFile, type StoredFile } from "./metadata/stored_file.ts";
import { loadStretches, type Stretch } from "./metadata/stretches.ts";
import { loadXattrs } from "./metadata/xattrs.ts";
import { type ImageInfo, imageInfo } from "./open/image_info.ts";
import { type OpenOptions, openVolume } from "./open/open_volume.ts";
import { type ByteRange, type OpenFile, openFile, type PieceOptions } from "./open_file.ts";
import { type ImagePath, wholePath } from "./path.ts";
import { type Reading, settle } from "./reading.ts";
import { requireKind } from "./require_kind.ts";
import type { Volume } from "./volume.ts";
import { type Entry, WalkedEntry, type WalkedFolder } from "./walk/entry.ts";
import { loadChild, loadParent } from "./walk/child.ts";
import { nextEntries } from "./walk/next_entries.ts";
import { EntryWindow } from "./walk/entry_window.ts";
import { openFolder } from "./walk/open_folder.ts";
import { resolve } from "./walk/resolve.ts";
import { FolderWalk } from "./walk/walk.ts";
import { readWholeFolder } from "./walk/whole_folder.ts";
import { loadZones, type Zone } from "./zones.ts";

/** What to read: a path, or an inode that an {@link Entry} named. */
export type FileReference = ImagePath | InodeNumber;

/** Whether symbolic links are followed; by default they are not, wherever they are in a path. */
export interface FollowOptions {
  /** Default false. */
  readonly followSymlinks?: boolean;
}

/**
 * Opens an image of ext2, ext3 or ext4 for reading.
 * @throws CorruptImageError when it is not an image, is cut short, or is broken
 * @throws UnsupportedFeatureError when it uses a feature that is not known
 */
export async function openFileSystem(
  source: BlockSource,
  options: OpenOptions = {},
): Promise<FileSystem> {
  const { volume, journal } = await settle(openVolume(source, options));
  return new FileSystem(volume, imageInfo(volume.geometry, journal));
}

/**
 * Reads an image in place. Every checksum is verified whenever a structure is read.
 *
 * All methods throw `CorruptImageError` where the image is broken, `UnsupportedFeatureError` where
 * contents are encrypted, and `PathError` where a path leads nowhere or to something else.
 */
export class FileSystem implements LeavingOut {
  readonly #volume: Volume;
  /** What is known of all inodes: a walk through all folders need not read them. */
  knownInodes: KnownInodes | undefined;

  /** Use {@link openFileSystem}. */
  constructor(volume: Volume, readonly info: ImageInfo) {
    this.#volume = volume;
  }

  /** Receives what is broken and left out. */
  get onBroken(): OnBroken | undefined {
    return this.#volume.leaving.onBroken;
  }

  /** Receives what is encrypted and left out. */
  get onUnsupported(): OnUnsupported | undefined {
    return this.#volume.leaving.onUnsupported;
  }

  /** The metadata of a file, folder or anything else. */
  async stat(file: FileReference, options: FollowOptions = {}): Promise<Stat> {
    return this.#statOf(await settle(this.#find(file, options)), wholePath(file));
  }

  /** The entries of a folder but `.` and `..`, in no order that means anything. */
  async *list(folder: FileReference, options: FollowOptions = {}): AsyncGenerator<Entry> {
    for await (const entries of this.listBatches(folder, options)) yield* entries;
  }

  /**
   * The same, many at a time.
   * @param leaving who receives what is left out, instead of those that the image was opened with
   */
  async *listBatches(
    folder: FileReference,
    options: FollowOptions = {},
    leaving: LeavingOut = this,
  ): AsyncGenerator<Entry[]> {
    const open = await settle(this.#openFolder(folder, options, leaving));
    const toStat = (inode: Inode, raw: RawEntry) => this.#statOf(inode, raw, leaving);
    while (true) {
      const entries = await settle(nextEntries(this.#volume, open, leaving, toStat));
      if (entries === undefined) return;
      yield entries;
    }
  }

  /** What a folder has under a name, which is neither `.` nor `..`; `undefined` for nothing. */
  async child(folder: InodeNumber, name: Uint8Array): Promise<Stat | undefined> {
    const inode = await settle(loadChild(this.#volume, folder, name));
    return inode && this.#statOf(inode, name);
  }

  /** The folder that `..` of a folder names. */
  async parentOf(folder: InodeNumber): Promise<InodeNumber> {
    return await settle(loadParent(this.#volume, folder));
  }

  /** Opens a regular file for reading at any place. */
  async openFile(file: FileReference, options: FollowOptions = {}): Promise<OpenFile> {
    return await settle(this.#openFile(file, options));
  }

  /**
   * Reads all of a regular file whose contents lie in one piece, without opening it.
   *
   * @param stat its metadata, with `contentsAt`
   * @param into as large as the file
   * @returns a promise only where the source gave one
   */
  readContiguous(stat: ContiguousStat, into: Uint8Array): void | Promise<void> {
    return readContiguous(this.#volume, stat.inode, stat.contentsAt, into);
  }

  /** The contents of a regular file, piece by piece, holes as zeros; see {@link OpenFile}. */
  async *readFile(
    file: FileReference,
    options: PieceOptions & FollowOptions = {},
  ): AsyncGenerator<Uint8Array> {
    yield* (await this.openFile(file, options)).pieces(options);
  }

  /** Where the data of a regular file lies; what is between is holes. */
  async *dataRanges(file: FileReference, options: FollowOptions = {}): AsyncGenerator<ByteRange> {
    yield* (await this.openFile(file, options)).dataRanges();
  }

  /** The target of a symbolic link, as bytes. */
  async readLink(file: FileReference): Promise<Uint8Array> {
    return await settle(this.#readLink(file));
  }

  /** Extended attributes, as system calls give them; ACLs in their encoding. */
  async xattrs(file: FileReference, options: FollowOptions = {}): Promise<Xattr[]> {
    return await settle(this.#xattrs(file, options));
  }

  /**
   * All that is in a folder and below it: first the entries of a folder, in no order, then what
   * is in its folders. Memory grows with the folders beside the way down only.
   */
  async *walk(folder: FileReference = "/"): AsyncGenerator<WalkedEntry> {
    for await (const entries of this.walkBatches(folder)) yield* entries;
  }

  /** The same, many entries of one folder at a time. */
  async *walkBatches(folder: FileReference = "/"): AsyncGenerator<WalkedEntry[]> {
    const walk = await settle(this.#startWalk(folder, false));
    while (true) {
      const current = await settle(walk.nextFolder());
      if (current === undefined) return;
      while (true) {
        const entries = await settle(
          walk.nextEntries((raw, stat) => new WalkedEntry(current, raw, stat)),
        );
        if (entries === undefined) break;
        yield entries;
      }
    }
  }

  /** The same a whole folder at a time, folders and entries ordered by the bytes of their names. */
  async *walkFolders(folder: FileReference = "/"): AsyncGenerator<WalkedFolder> {
    const walk = await settle(this.#startWalk(folder, true));
    while (true) {
      const next = settle(readWholeFolder(walk));
      const current = next instanceof Promise ? await next : next;
      if (current === undefined) return;
      yield current;
    }
  }

  /** Whether the record has to be read to know whether the image is a layer. */
  async mayBeLayer(): Promise<boolean> {
    return await settle(loadMayBeLayer(this.#volume));
  }

  /** The record that icecore keeps in inode 5, if there is one. */
  async record(): Promise<StoredRecord> {
    return await settle(loadRecord(this.#volume));
  }

  /** Reads digests of consecutive inodes into all of `into`; see {@link RecordData}. */
  async readRecord(record: RecordData, first: InodeNumber, into: Uint8Array): Promise<void> {
    await settle(record.read(first, into));
  }

  /**
   * Where the contents of an inode lie in the image.
   * @returns `undefined` where it is not in use, neither a regular file nor a symbolic link, or what
   * it holds lies within it
   * @throws CorruptImageError
   */
  storedFile(inode: InodeNumber): (StoredFile | undefined) | Promise<StoredFile | undefined> {
    return peekStoredFile(this.#volume, inode) ?? settle(loadStoredFile(this.#volume, inode));
  }

  /** Where the contents of an inode lie in the image, those of a folder as well. */
  stretches(inode: InodeNumber): Stretch[] | Promise<Stretch[]> {
    return settle(loadStretches(this.#volume, inode));
  }

  /** The stretches of the image that belong to the file system itself. */
  async zones(hasRecord: boolean): Promise<Zone[]> {
    return await settle(loadZones(this.#volume, hasRecord));
  }

  /**
   * The checksum of all inodes up to a number, which a record is compared with.
   * @param keepsInodes whether a walk through all folders follows, which then need not read them again
   * @returns `undefined` where one of them is damaged, or there are not as many
   */
  async inodesChecksum(countInodes: number, keepsInodes = false): Promise<number | undefined> {
    this.knownInodes = keepsInodes ? KnownInodes.of(countInodes) : undefined;
    return await settle(loadInodesChecksum(this.#volume, countInodes, this.knownInodes));
  }

  *#find(file: FileReference, options: FollowOptions): Reading<Inode> {
    if (typeof file === "number") return yield* this.#volume.inodes.load(file);
    return yield* resolve(this.#volume, file, options.followSymlinks ?? false);
  }

  *#openFile(file: FileReference, options: FollowOptions): Reading<OpenFile> {
    const inode = yield* this.#find(file, options);
    const stat = this.#statOf(inode, wholePath(file));
    requireKind(file, stat, "file", "not-a-file");
    return yield* openFile(this.#volume, inode, stat);
  }

  *#openFolder(
    file: FileReference,
    options: FollowOptions,
    leaving: LeavingOut,
  ): Reading<{ inode: InodeNumber; window: EntryWindow }> {
    const inode = yield* this.#find(file, options);
    requireKind(file, this.#statOf(inode, wholePath(file)), "folder", "not-a-folder");
    if (hasFlag(inode, "encrypt")) leaveOut(encrypted(inode), leaving, () => new Uint8Array());
    const window = new EntryWindow(yield* openFolder(this.#volume, inode));
    return { inode: inode.number, window };
  }

  *#readLink(file: FileReference): Reading<Uint8Array> {
    const inode = yield* this.#find(file, {});
    requireKind(file, this.#statOf(inode, wholePath(file)), "symlink", "not-a-symlink");
    return yield* loadLinkTarget(this.#volume, inode);
  }

  *#xattrs(file: FileReference, options: FollowOptions): Reading<Xattr[]> {
    return yield* loadXattrs(this.#volume, yield* this.#find(file, options));
  }

  *#startWalk(folder: FileReference, isSorted: boolean): Reading<FolderWalk> {
    const inode = yield* this.#find(folder, {});
    const stat = this.#statOf(inode, wholePath(folder));
    if (!isType(inode, S_IFDIR)) requireKind(folder, stat, "folder", "not-a-folder");
    const path = wholePath(folder) ?? new Uint8Array();
    return new FolderWalk(this.#volume, path, stat, isSorted, this.knownInodes);
  }

  /** @param path where it is known: whoever has a number only got it from a listing, which reported the error */
  #statOf(inode: Inode, path: Uint8Array | RawEntry | undefined, leaving: LeavingOut = this): Stat {
    return statOf(this.#volume.geometry, inode, (error) => {
      if (path === undefined && leaving.onBroken !== undefined) return;
      leaveOut(error, leaving, () => path instanceof Uint8Array ? path : path?.name);
    });
  }
}
