/**
 * An image that is open for reading, wherever it is.
 * @module
 */

import type { CorruptImageError, UnsupportedFeatureError } from "../ext4/image_errors.ts";
import type { ContiguousStat, Stat } from "../ext4/reader/metadata/stat.ts";
import type { ImageInfo } from "../ext4/reader/open/image_info.ts";
import type { Entry, WalkedEntry, WalkedFolder } from "../ext4/reader/walk/entry.ts";
import type { ImageFile } from "./image_file.ts";
import type { ImageLayout } from "./image_layout.ts";
import type { ImageRecord } from "./image_record.ts";
import type { ImageStorage } from "./image_storage.ts";

/** What becomes of its journal and of what is broken, how much is cached, how servers are asked. */
export interface OpenImageOptions {
  /**
   * What to do about a journal that was not replayed because the image was not unmounted:
   * `replay` it in memory, which changes nothing on disk (the default), or `ignore` it.
   */
  readonly journal?: "replay" | "ignore";
  /**
   * Receives what is broken in folders that are listed, walked, extracted or exported; it is left
   * out then. Without, the first makes the call fail. The path is below the folder in question.
   * Copies of superblock and group descriptors are read in place of broken ones, and an image that
   * is cut short as far as it goes; both comes without a path.
   */
  readonly onBroken?:
    | ((error: CorruptImageError, path: Uint8Array | undefined) => void)
    | undefined;
  /**
   * Receives what is encrypted in folders that are listed, walked, extracted or exported. An
   * encrypted folder is reported once; its entries are listed under the names that the kernel gives
   * them without the key, and not extracted. Without, the first makes the call fail.
   */
  readonly onUnsupported?:
    | ((error: UnsupportedFeatureError, path: Uint8Array | undefined) => void)
    | undefined;
  /**
   * Of an image that was built on another: show it alone, with its marks of what is gone as they are.
   * Default: with all that it lies on, as one tree.
   */
  readonly layer?: boolean;
  /**
   * Where the images that it lies on are looked for when they are not beside it: paths and URLs of
   * images, and of folders with images.
   */
  readonly bases?: readonly string[];
  /**
   * Of an encrypted image: who can decrypt it. Each is what is in a file of age identities, as
   * `age-keygen` writes it, or in an OpenSSH private key.
   */
  readonly identities?: readonly (string | Uint8Array)[];
  /**
   * Of an image that is encrypted with a passphrase, or an identity that is: receives what it is
   * of, and returns the passphrase; `undefined` where there is none to be had.
   */
  readonly askPassphrase?:
    | ((what: string) => Promise<string | undefined> | string | undefined)
    | undefined;
  /** Receives what the program of an identity has to say, e.g. that a token is to be touched. */
  readonly onMessage?: ((text: string) => void) | undefined;
  /**
   * Of a whole disk: the number of the partition that is the image, as the kernel counts. By
   * default the only one of ext2, ext3 or ext4 is.
   */
  readonly partition?: number | undefined;
  /** Where in the file the image begins, in bytes; default 0, or where its partition begins. */
  readonly imageOffsetBytes?: number | undefined;
  /** Most bytes kept in memory; default 1 MiB of a local image and 16 MiB of a remote one. */
  readonly cacheBytes?: number;
  /** Ends all reading; its reason is what reads then throw. */
  readonly signal?: AbortSignal;
  /** Of servers: the longest time without a single byte before a request is given up; default 30,000. */
  readonly timeoutMs?: number;
  /** Of servers: the fewest bytes a minute before reading is given up; default 65,536; 0: none. */
  readonly leastBytesPerMinute?: number;
  /** Of servers: how often a request is tried again before reading fails; default 4. */
  readonly countRetries?: number;
  /** Of servers: the pause before the first retry, doubled for each further one; default 250. */
  readonly retryDelayMs?: number;
}

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
  /** What the topmost image says of itself: format, features, sizes, label, times. */
  readonly info: ImageInfo;

  /** What the image is called in messages: never with a password or a signature. */
  readonly shownName: string;

  /** The images that are read as one tree, topmost first; one, where it lies on nothing. */
  readonly layers: readonly {
    /** What it is called in messages. */
    readonly shownName: string;
    readonly sizeBytes: number;
    /** 36 characters. */
    readonly uuid: string;
    /** A path or URL; missing where its bytes were handed in. */
    readonly location: string | undefined;
  }[];

  /** Whether it was built on another image and is shown alone, its marks as they are. */
  readonly isLayerAlone: boolean;

  /**
   * The same images, each alone, its marks as they are; missing where there is only one. They are
   * closed with the tree.
   * @internal
   */
  readonly layersAlone?: readonly ImageReader[] | undefined;

  /** Receives what is broken and left out; see `OpenImageOptions`. */
  readonly onBroken: OpenImageOptions["onBroken"];

  /** Receives what is encrypted and left out; see `OpenImageOptions`. */
  readonly onUnsupported: OpenImageOptions["onUnsupported"];

  /** Size of the image in bytes; of a stack, of the topmost. */
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
   * The same, many at a time.
   *
   * @internal As `walkBatches`.
   */
  listBatches(folder: string | Uint8Array | Stat["inode"]): AsyncGenerator<Entry[]>;

  /**
   * All that is below a folder: first the entries of a folder, then what is in its folders. Memory
   * does not grow with the number of files.
   */
  walk(folder?: string | Uint8Array | Stat["inode"]): AsyncGenerator<WalkedEntry>;

  /**
   * The same, many entries of one folder at a time.
   *
   * @internal For what looks at all names: no promise is made for each.
   */
  walkBatches(folder?: string | Uint8Array | Stat["inode"]): AsyncGenerator<WalkedEntry[]>;

  /**
   * The same a whole folder at a time, folders and entries ordered by the bytes of their names.
   *
   * @internal For what goes through whole images: extracting, comparing, exporting.
   */
  walkFolders(folder?: string | Uint8Array | Stat["inode"]): AsyncGenerator<WalkedFolder>;

  /**
   * The contents of a regular file as a stream, holes as zeros. A file that is read whole is
   * compared with the record of the image, if there is one: where it differs, the stream fails with
   * `DamagedFileError` behind the last byte. A range cannot be compared.
   */
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

  /**
   * The SHA-256 of each regular file under each of its names, folder by folder, as icecore recorded
   * it in the image: no contents are read, of a remote image only metadata.
   *
   * Also throws `EnvironmentError` with the code `no-record` where the image has no record, or one
   * that was made before the image was changed, and `VerificationError` where the record is damaged.
   *
   * ```ts
   * import { openImage } from "icecore/read";
   *
   * async function list(location: string): Promise<void> {
   *   await using image = await openImage(location);
   *   for await (const { sha256, pathText } of image.digests("photos")) console.log(sha256, pathText);
   * }
   * ```
   *
   * @param path A file, or a folder with all that is below it; default everything.
   */
  digests(path?: string | Uint8Array): AsyncGenerator<{
    /** From the root of the image, without a slash in front. */
    readonly path: Uint8Array;
    /** The same as text; bytes that are not UTF-8 are U+FFFD. */
    readonly pathText: string;
    /** In hex, as `sha256sum` prints it; missing where the record has another kind, or none. */
    readonly sha256?: string;
    /** In hex, of a file with long holes: of its data and where it lies, see docs/native.md. */
    readonly holesSha256?: string;
  }>;

  /**
   * Where it and the contents of its files lie; `undefined` where that is not one place, or what
   * lies there is not what is read.
   * @internal
   */
  readonly storage?: ImageStorage | undefined;

  /**
   * What the contents of its files were when it was made; read when first asked for.
   * @internal
   */
  record(): Promise<ImageRecord>;

  /**
   * What lies where in the image; absent where there is no one image, but a stack of them.
   * @internal
   */
  layout?(): Promise<ImageLayout>;

  /** Releases the file or the connections. Reads under way fail. A second call does nothing. */
  close(): Promise<void>;

  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** One image of those that are read as one tree. */
export type ImageReaderLayer = ImageReader["layers"][number];
