/**
 * An image that is open for reading, over the source of its bytes.
 * @module
 */

import type { FileReference, FileSystem, FollowOptions } from "../ext4/reader/file_system.ts";
import type { OnBroken, OnUnsupported } from "../ext4/reader/leave_out.ts";
import type { ContiguousStat, Stat } from "../ext4/reader/metadata/stat.ts";
import type { ImageInfo } from "../ext4/reader/open/image_info.ts";
import { type ImagePath, pathText } from "../ext4/reader/path.ts";
import type { Entry, WalkedEntry, WalkedFolder } from "../ext4/reader/walk/entry.ts";
import type { Xattr } from "../ext4/tree.ts";
import type { HostBlockSource, Traffic } from "../host/block_source/block_source.ts";
import { printable } from "../host/libc/paths.ts";
import { ContentCheck, damageOf } from "./content_check.ts";
import { type FileDigest, listDigests } from "./digests.ts";
import type { ImageFile } from "./image_file.ts";
import type { ImageLayout } from "./image_layout.ts";
import type { ImageReader, ImageReaderLayer, ReadOptions } from "./image_reader.ts";
import type { ImageRecord } from "./image_record.ts";
import type { ImageStorage } from "./image_storage.ts";
import { piecesAhead } from "./pieces_ahead.ts";
import { asDamagedFile, StoredDamageError } from "./stored/stored_damage_error.ts";

/** Where names, metadata and contents come from: a file system, or a stack of them. */
export interface ReadableFiles extends Omit<Pick<FileSystem, FileSystemPart>, "openFile" | "list"> {
  list(folder: FileReference, options?: FollowOptions): AsyncGenerator<Entry>;
  listBatches(folder: FileReference): AsyncGenerator<Entry[]>;
  openFile(file: FileReference, options?: FollowOptions): Promise<ImageFile>;
  /** Where contents lie in the one image that there is. */
  storedFile?: FileSystem["storedFile"];
}

type FileSystemPart =
  | "info"
  | "onBroken"
  | "onUnsupported"
  | "stat"
  | "list"
  | "walk"
  | "walkBatches"
  | "walkFolders"
  | "openFile"
  | "readContiguous"
  | "readLink"
  | "xattrs"
  | "zones"
  | "stretches";

/** The bytes beneath, as a whole. */
export interface ReadableSource
  extends Pick<HostBlockSource, "shownName" | "sizeBytes" | "isLocal" | "close" | "file"> {
  readonly traffic?: Traffic | undefined;
}

/** What a reader reads. */
export interface ReaderParts {
  readonly files: ReadableFiles;
  readonly source: ReadableSource;
  openRecord(): Promise<ImageRecord>;
  readonly layers: readonly ImageReaderLayer[];
  readonly isLayerAlone: boolean;
  readonly layersAlone?: readonly ImageReader[];
}

/** The one implementation of `ImageReader`. */
export class SourceReader implements ImageReader {
  readonly layers: readonly ImageReaderLayer[];
  readonly isLayerAlone: boolean;
  readonly layersAlone: readonly ImageReader[] | undefined;
  readonly #files: ReadableFiles;
  readonly #source: ReadableSource;
  readonly #openRecord: ReaderParts["openRecord"];
  #record: Promise<ImageRecord> | undefined;

  constructor({ files, source, openRecord, layers, isLayerAlone, layersAlone }: ReaderParts) {
    this.#files = files;
    this.#source = source;
    this.#openRecord = openRecord;
    this.layers = layers;
    this.isLayerAlone = isLayerAlone;
    this.layersAlone = layersAlone;
  }

  get info(): ImageInfo {
    return this.#files.info;
  }

  get onBroken(): OnBroken | undefined {
    return this.#files.onBroken;
  }

  get onUnsupported(): OnUnsupported | undefined {
    return this.#files.onUnsupported;
  }

  get shownName(): string {
    return this.#source.shownName;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  get storage(): ImageStorage | undefined {
    const { features, journal } = this.info;
    // What lies in a journal is not where its contents are read.
    if (journal !== "none" && journal !== "clean") return undefined;
    const files = this.#files;
    // The files of a stack lie in several images.
    if (files.storedFile === undefined) return undefined;
    return {
      file: this.#source.file,
      sharesBlocks: features.includes("shared_blocks"),
      placeOf: (inode) => files.storedFile!(inode),
    };
  }

  get traffic(): Traffic | undefined {
    return this.#source.traffic;
  }

  stat(file: FileReference, options: FollowOptions = {}): Promise<Stat> {
    return this.#files.stat(file, options);
  }

  list(folder: FileReference, options: FollowOptions = {}): AsyncGenerator<Entry> {
    return this.#files.list(folder, options);
  }

  walk(folder: FileReference = "/"): AsyncGenerator<WalkedEntry> {
    return this.#files.walk(folder);
  }

  listBatches(folder: FileReference): AsyncGenerator<Entry[]> {
    return this.#files.listBatches(folder);
  }

  walkBatches(folder: FileReference = "/"): AsyncGenerator<WalkedEntry[]> {
    return this.#files.walkBatches(folder);
  }

  walkFolders(folder: FileReference = "/"): AsyncGenerator<WalkedFolder> {
    return this.#files.walkFolders(folder);
  }

  async readFile(
    file: FileReference,
    options: ReadOptions = {},
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const open = await this.#files.openFile(file, options);
    const pieces = naming(file, piecesAhead(open, this.#source.isLocal, options));
    const { startBytes = 0, endBytes = Infinity } = options;
    const isWhole = startBytes === 0 && endBytes >= open.stat.sizeBytes;
    return ReadableStream.from(isWhole ? checkedPieces(this, file, open, pieces) : pieces);
  }

  record(): Promise<ImageRecord> {
    return this.#record ??= this.#openRecord();
  }

  digests(path?: ImagePath): AsyncGenerator<FileDigest> {
    return listDigests(this, path === undefined ? {} : { paths: [path] });
  }

  async layout(): Promise<ImageLayout> {
    const { hasDigests } = await this.record();
    const zones = await this.#files.zones(hasDigests);
    return { zones, stretchesOf: (inode) => this.#files.stretches(inode) };
  }

  readContiguous(stat: ContiguousStat, into: Uint8Array): void | Promise<void> {
    return this.#files.readContiguous(stat, into);
  }

  openFile(file: FileReference, options: FollowOptions = {}): Promise<ImageFile> {
    return this.#files.openFile(file, options);
  }

  readLink(file: FileReference): Promise<Uint8Array> {
    return this.#files.readLink(file);
  }

  xattrs(file: FileReference, options: FollowOptions = {}): Promise<Xattr[]> {
    return this.#files.xattrs(file, options);
  }

  close(): Promise<void> {
    this.#source.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function* checkedPieces(
  image: ImageReader,
  reference: FileReference,
  file: ImageFile,
  pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const check = await ContentCheck.of(image);
  if (check === undefined) return yield* pieces;
  await check.begin(file);
  let offset = 0;
  for await (const piece of pieces) {
    check.add(piece, offset);
    offset += piece.length;
    yield piece;
  }
  if (check.finish()) return;
  const damage = await damageOf(image, shownReference(reference), file.stat.inode);
  if (damage !== undefined) throw damage;
}

/** The pieces; where the image is stored damaged, the error names the file. */
async function* naming(
  reference: FileReference,
  pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    yield* pieces;
  } catch (error) {
    if (!(error instanceof StoredDamageError)) throw error;
    throw asDamagedFile(error, shownReference(reference));
  }
}

function shownReference(reference: FileReference): string {
  return printable(typeof reference === "number" ? `inode ${reference}` : pathText(reference));
}
