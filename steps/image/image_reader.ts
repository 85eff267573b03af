/**
 * An image that is open for reading, wherever it is.
 * @module
 */

import type { HostBlockSource, Traffic } from "../../host/block_source/block_source.ts";
import type { Entry, WalkedEntry, WalkedFolder } from "../../ext4/reader/entry.ts";
import type { FileReference, FileSystem, FollowOptions } from "../../ext4/reader/file_system.ts";
import type { ImageFile } from "../../ext4/reader/image_file.ts";
import type { ImageInfo } from "../../ext4/reader/image_info.ts";
import type { Stat } from "../../ext4/reader/stat.ts";
import type { Xattr } from "../../ext4/tree.ts";
import { piecesAhead } from "./pieces_ahead.ts";

/** Which bytes of a file to read. */
export interface ReadRange extends FollowOptions {
  /** The first byte wanted, counted from 0; default 0. */
  readonly startBytes?: number;
  /** One past the last byte wanted; default the file's size. Past the end means the end. */
  readonly endBytes?: number;
}

/**
 * Reads files and folders of an image in place: no mount, no root, nothing unpacked.
 *
 * Paths begin at the image's root, with or without a slash; bytes are taken as they are, strings as
 * UTF-8. Instead of a path an inode's number will do, e.g. of an entry of a list. Symbolic links
 * are not followed unless asked for.
 *
 * All methods throw `PathError` where a path leads nowhere or to something else, `CorruptImageError`
 * where the image is broken (each checksum is verified when it is met), `UnsupportedFeatureError`
 * where contents are encrypted, and `EnvironmentError` where the bytes cannot be had.
 */
export class ImageReader implements AsyncDisposable {
  readonly #files: FileSystem;
  readonly #source: HostBlockSource;

  /** Use `openImage`. */
  constructor(files: FileSystem, source: HostBlockSource) {
    this.#files = files;
    this.#source = source;
  }

  /** What the image says of itself: format, features, sizes, label, times. */
  get info(): ImageInfo {
    return this.#files.info;
  }

  /** What the image is called in messages: never with a password or a signature. */
  get shownName(): string {
    return this.#source.shownName;
  }

  /** Size of the image in bytes. */
  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /** What was asked of the server so far; `undefined` for a local image. */
  get traffic(): Traffic | undefined {
    return this.#source.traffic;
  }

  /** The metadata of a file, a folder or anything else. */
  stat(file: FileReference, options: FollowOptions = {}): Promise<Stat> {
    return this.#files.stat(file, options);
  }

  /** The entries of a folder but `.` and `..`, in no order that means anything. */
  list(folder: FileReference, options: FollowOptions = {}): AsyncGenerator<Entry> {
    return this.#files.list(folder, options);
  }

  /**
   * All that is below a folder: first the entries of a folder, then what is in its folders. Memory
   * does not grow with the number of files.
   */
  walk(folder: FileReference = "/"): AsyncGenerator<WalkedEntry> {
    return this.#files.walk(folder);
  }

  /** The same a whole folder at a time, folders and entries ordered by the bytes of their names. */
  walkFolders(folder: FileReference = "/"): AsyncGenerator<WalkedFolder> {
    return this.#files.walkFolders(folder);
  }

  /** The contents of a regular file as a stream, holes as zeros. */
  async readFile(
    file: FileReference,
    range: ReadRange = {},
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const open = await this.#files.openFile(file, range);
    return ReadableStream.from(piecesAhead(open, this.#source.isLocal, range));
  }

  /** A regular file, to be read at any place, or to see where its holes are. */
  openFile(file: FileReference, options: FollowOptions = {}): Promise<ImageFile> {
    return this.#files.openFile(file, options);
  }

  /** The target of a symbolic link, as bytes. */
  readLink(file: FileReference): Promise<Uint8Array> {
    return this.#files.readLink(file);
  }

  /** Extended attributes, as the kernel gives them; ACLs in its encoding. */
  xattrs(file: FileReference, options: FollowOptions = {}): Promise<Xattr[]> {
    return this.#files.xattrs(file, options);
  }

  /** Releases the file or the connections. Reads under way fail. A second call does nothing. */
  close(): Promise<void> {
    this.#source.close();
    return Promise.resolve();
  }

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
