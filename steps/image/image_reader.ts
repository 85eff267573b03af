/**
 * An image that is open for reading, wherever it is.
 * @module
 */

import type { SourceOptions, Traffic } from "../../host/block_source/block_source.ts";
import type { Entry, WalkedEntry, WalkedFolder } from "../../ext4/reader/entry.ts";
import type { FileReference, FollowOptions } from "../../ext4/reader/file_system.ts";
import type { OnBroken, OnUnsupported } from "../../ext4/reader/leave_out.ts";
import type { OpenFile } from "../../ext4/reader/open_file.ts";
import type { OpenOptions } from "../../ext4/reader/open_volume.ts";
import type { ImageInfo } from "../../ext4/reader/image_info.ts";
import type { ContiguousStat, Stat } from "../../ext4/reader/stat.ts";
import type { Xattr } from "../../ext4/tree.ts";
import type { ImageRecord } from "./image_record.ts";

/** What becomes of its journal and of what is broken, how much is cached, how servers are asked. */
export interface OpenImageOptions extends OpenOptions, SourceOptions {
  /**
   * Told of what is broken in folders that are listed, walked, extracted or exported; it is left
   * out then. Without, the first makes the call fail. The path is below the folder in question.
   * Copies of superblock and group descriptors are read in place of broken ones, and an image that
   * is cut short as far as it goes; both is told without a path.
   */
  readonly onBroken?: OnBroken | undefined;
  /**
   * Receives what is encrypted in folders that are listed, walked, extracted or exported. An
   * encrypted folder is reported once; its entries are listed under the names that the kernel gives
   * them without the key, and not extracted. Without, the first makes the call fail.
   */
  readonly onUnsupported?: OnUnsupported | undefined;
}

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
export interface ImageReader extends AsyncDisposable {
  /** What the image says of itself: format, features, sizes, label, times. */
  readonly info: ImageInfo;

  /** What the image is called in messages: never with a password or a signature. */
  readonly shownName: string;

  /** Receives what is broken and left out; see `OpenImageOptions`. */
  readonly onBroken: OnBroken | undefined;

  /** Receives what is encrypted and left out; see `OpenImageOptions`. */
  readonly onUnsupported: OnUnsupported | undefined;

  /** Size of the image in bytes. */
  readonly sizeBytes: number;

  /** What was asked of the server so far; `undefined` for a local image. */
  readonly traffic: Traffic | undefined;

  /** The metadata of a file, a folder or anything else. */
  stat(file: FileReference, options?: FollowOptions): Promise<Stat>;

  /** The entries of a folder but `.` and `..`, in no order that means anything. */
  list(folder: FileReference, options?: FollowOptions): AsyncGenerator<Entry>;

  /**
   * All that is below a folder: first the entries of a folder, then what is in its folders. Memory
   * does not grow with the number of files.
   */
  walk(folder?: FileReference): AsyncGenerator<WalkedEntry>;

  /** The same a whole folder at a time, folders and entries ordered by the bytes of their names. */
  walkFolders(folder?: FileReference): AsyncGenerator<WalkedFolder>;

  /**
   * The contents of a regular file as a stream, holes as zeros. A file that is read whole is
   * compared with the record of the image, if there is one: where it differs, the stream fails with
   * `DamagedFileError` behind the last byte. A range cannot be compared.
   */
  readFile(
    file: FileReference,
    range?: ReadRange,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

  /**
   * Reads all of a regular file whose contents lie in one piece, as most do: the fastest way to
   * many small files.
   *
   * @param stat Its metadata, with `contentsAt`.
   * @param into As large as the file.
   * @returns A promise only where the source gave one.
   */
  readContiguous(stat: ContiguousStat, into: Uint8Array): void | Promise<void>;

  /** A regular file, to be read at any place, or to see where its holes are. */
  openFile(file: FileReference, options?: FollowOptions): Promise<OpenFile>;

  /** The target of a symbolic link, as bytes. */
  readLink(file: FileReference): Promise<Uint8Array>;

  /** Extended attributes, as the kernel gives them; ACLs in its encoding. */
  xattrs(file: FileReference, options?: FollowOptions): Promise<Xattr[]>;

  /** What the contents of its files were when it was made; read when first asked for. */
  record(): Promise<ImageRecord>;

  /** Releases the file or the connections. Reads under way fail. A second call does nothing. */
  close(): Promise<void>;

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
