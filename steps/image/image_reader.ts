/**
 * An image that is open for reading, wherever it is.
 * @module
 */

import type { Entry, WalkedEntry, WalkedFolder } from "../../ext4/reader/entry.ts";
import type { ImageInfo } from "../../ext4/reader/image_info.ts";
import type { ContiguousStat, Stat } from "../../ext4/reader/stat.ts";
import type { ImageFile } from "./image_file.ts";
import type { OpenImageOptions } from "./open_image_options.ts";

/** Which bytes of a file to read, all by default; a range may reach past the end. */
export interface ReadOptions {
  /** The first byte wanted, counted from 0; default 0. */
  readonly startBytes?: number;
  /** One past the last byte wanted; default the size of the file. */
  readonly endBytes?: number;
  /** Whether symbolic links are followed, wherever they are in a path; default false. */
  readonly followSymlinks?: boolean;
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

  /** Told of what is broken and left out. */
  readonly onBroken: OpenImageOptions["onBroken"];

  /** Size of the image in bytes. */
  readonly sizeBytes: number;

  /** What was asked of the server so far, failed requests included; `undefined` for what is local. */
  readonly traffic: { readonly countRequests: number; readonly countBytes: number } | undefined;

  /** The metadata of a file, a folder or anything else. */
  stat(
    file: string | Uint8Array | Stat["inode"],
    options?: Pick<ReadOptions, "followSymlinks">,
  ): Promise<Stat>;

  /** The entries of a folder but `.` and `..`, in no order that means anything. */
  list(
    folder: string | Uint8Array | Stat["inode"],
    options?: Pick<ReadOptions, "followSymlinks">,
  ): AsyncGenerator<Entry>;

  /**
   * All that is below a folder: first the entries of a folder, then what is in its folders. Memory
   * does not grow with the number of files.
   */
  walk(folder?: string | Uint8Array | Stat["inode"]): AsyncGenerator<WalkedEntry>;

  /**
   * The same a whole folder at a time, folders and entries ordered by the bytes of their names.
   *
   * @internal For what goes through whole images: extracting, comparing, exporting.
   */
  walkFolders(folder?: string | Uint8Array | Stat["inode"]): AsyncGenerator<WalkedFolder>;

  /** The contents of a regular file as a stream, holes as zeros. */
  readFile(
    file: string | Uint8Array | Stat["inode"],
    options?: ReadOptions,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

  /**
   * Reads all of a regular file whose contents lie in one piece, as most do: the fastest way to
   * many small files.
   *
   * @param stat Its metadata, with `contentsAt`.
   * @param into As large as the file.
   * @returns A promise only where the source gave one.
   * @internal For what goes through whole images.
   */
  readContiguous(stat: ContiguousStat, into: Uint8Array): void | Promise<void>;

  /** A regular file, to be read at any place, or to see where its holes are. */
  openFile(
    file: string | Uint8Array | Stat["inode"],
    options?: Pick<ReadOptions, "followSymlinks">,
  ): Promise<ImageFile>;

  /** The target of a symbolic link, as bytes. */
  readLink(file: string | Uint8Array | Stat["inode"]): Promise<Uint8Array>;

  /**
   * Extended attributes, as the kernel gives them; ACLs in its encoding. A name has its prefix, as
   * `user.comment` does, and no final NUL.
   */
  xattrs(
    file: string | Uint8Array | Stat["inode"],
    options?: Pick<ReadOptions, "followSymlinks">,
  ): Promise<{ readonly name: Uint8Array; readonly value: Uint8Array }[]>;

  /** Releases the file or the connections. Reads under way fail. A second call does nothing. */
  close(): Promise<void>;

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
