/**
 * Extracts files and folders of an image into a folder.
 * @module
 */

import {
  hasType,
  S_IFDIR,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../ext4/tree.ts";
import { Breather } from "../host/breathe.ts";
import { requireForeignFunctions } from "../host/libc/library.ts";
import { boundGarbage } from "../host/garbage_bound.ts";
import { collectGarbage } from "../host/runtime.ts";
import type { DamagedFileError } from "../pipeline/build_errors.ts";
import { ContentCheck } from "./content_check.ts";
import { currentCaller } from "./extract/caller.ts";
import { BlockCloner } from "./extract/block_cloner.ts";
import { ContentCopier } from "./extract/content_copier.ts";
import { Describer } from "./extract/describer.ts";
import { findExisting } from "./extract/existing.ts";
import { extractFailure } from "./extract/failure.ts";
import { LeftOutFiles } from "./extract/left_out_files.ts";
import { Losses } from "./extract/losses.ts";
import { requireRoomFor } from "./extract/room.ts";
import { IncompleteFileError } from "./extract/file_writer.ts";
import { PlainFiles } from "./extract/plain_files.ts";
import { TargetFolders } from "./extract/target_folders.ts";
import { TargetWriter } from "./extract/target_writer.ts";
import type { ImageReader } from "./image_reader.ts";
import { type ImageTree, readImageTree } from "./image_tree.ts";
import { shownPathOf } from "./tree_path.ts";

/**
 * Extracts. Each path keeps its place: `a/b` becomes `TARGET/a/b`.
 *
 * Nothing is written before all names and metadata were read and all names that are in the way are
 * known. What was complete when it fails stays; what was not is removed.
 *
 * @throws PathError for a path that is not in the image; CorruptImageError;
 * EnvironmentError `output-exists`, `disk-full`, `not-writable`; the signal's reason.
 */
export async function extractImage(
  image: ImageReader,
  options: {
    /** Paths from the root of the image, each with all below it; none means everything. */
    readonly paths?: readonly (string | Uint8Array)[];
    /** The folder to extract into; made where it is missing. */
    readonly target: string;
    /** Replace files that are there already. */
    readonly force?: boolean;
    /** Cancels it. */
    readonly signal?: AbortSignal;
    /** Receives each file that is damaged and therefore not extracted. */
    onDamaged?(error: DamagedFileError): void;
    /** Receives how far it is: first in files that were found, then in bytes that were written. */
    onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
  },
): Promise<{
  /** All that is not a folder: regular files, symbolic links, devices; one of several names once. */
  readonly countFiles: number;
  /** Folders. */
  readonly countFolders: number;
  /** Of files, a file with several names once, holes not counted. */
  readonly sizeBytes: number;
  /** Files whose contents are not those that were stored: they were left out. */
  readonly countDamaged: number;
  /** What could not be restored, once a kind. */
  readonly losses: readonly {
    /** What kind of thing it is; scripts may rely on these words. */
    readonly kind: "owner" | "setuid" | "attribute" | "node" | "link" | "metadata";
    /** How often. */
    readonly count: number;
    /** The first, printable, from the root of the image. */
    readonly firstPath: string;
    /** Why, for people. */
    readonly reason: string;
    /** Whether something is missing that the caller had the right to. */
    readonly isGrave: boolean;
  }[];
}> {
  requireForeignFunctions("extract");
  const signal = options.signal ?? new AbortController().signal;
  const source = await readImageTree(image, {
    paths: options.paths ?? [],
    times: "access",
    signal,
    onProgress: (done) => options.onProgress?.(done, undefined, "files"),
  });
  collectGarbage();
  const folders = TargetFolders.open(source.tree, options.target);
  try {
    await (await image.record()).load();
    const check = await ContentCheck.of(image);
    return await new Extraction(image, source, folders, check, options, signal).run();
  } finally {
    folders.close();
  }
}

/** What to extract, and where to. */
export type ExtractOptions = Parameters<typeof extractImage>[1];

/** What was extracted. */
type Extracted = Awaited<ReturnType<typeof extractImage>>;

/** What they were made of is garbage. */
const NAMES_A_COLLECTION = 1 << 16;

class Extraction {
  readonly #tree: Tree;
  readonly #losses = new Losses();
  readonly #breather: Breather;
  readonly #pathOf = (row: TreeInode) => shownPathOf(this.#tree, row);
  readonly #totalBytes: number;
  #doneBytes = 0;
  #countNames = 0;
  readonly #leftOut: LeftOutFiles;

  constructor(
    private readonly image: ImageReader,
    private readonly source: ImageTree,
    private readonly folders: TargetFolders,
    private readonly check: ContentCheck | undefined,
    private readonly options: ExtractOptions,
    private readonly signal: AbortSignal,
  ) {
    this.#tree = source.tree;
    this.#leftOut = new LeftOutFiles(image, source, this.#pathOf, options.onDamaged);
    this.#breather = new Breather(signal);
    this.#totalBytes = contentBytes(source);
  }

  async run(): Promise<Extracted> {
    const tree = this.#tree;
    const { target, force = false } = this.options;
    const existing = findExisting(tree, this.folders, target, this.#pathOf, force);
    const cloner = new BlockCloner(this.image.storage, this.folders);
    if (!force && !cloner.savesRoom) {
      requireRoomFor(this.#totalBytes, this.folders.root, target);
    }
    const count = (bytes: number) => this.#doneBytes += bytes;
    const { check } = this;
    const copier = new ContentCopier(
      this.image,
      cloner,
      check,
      this.#breather,
      count,
      () => this.#rest(),
    );
    const describer = new Describer(
      tree,
      currentCaller(),
      this.#losses,
      this.#pathOf,
      existing,
    );
    const plainFiles = new PlainFiles({
      image: this.image,
      source: this.source,
      folders: this.folders,
      describer,
      breather: this.#breather,
      check,
      isCloned: (sizeBytes) => cloner.isWorth(sizeBytes),
      onDifferent: (row) => this.#leftOut.isKept(row),
      onRead: count,
    });
    const writer = new TargetWriter({
      tree,
      folders: this.folders,
      existing: existing.folders,
      describer,
      losses: this.#losses,
      force,
      pathOf: this.#pathOf,
      copyContent: async (row, to) => {
        const isSame = await copier.copy(row, this.source.inodeOf(row), to);
        if (!isSame) await this.#leftOut.refuse(row);
      },
      checkTarget: async (row) => {
        const isSame = check?.matches(this.source.inodeOf(row), targetOf(tree, row)) ?? true;
        if (!isSame) await this.#leftOut.refuse(row);
      },
      plainFiles,
    });
    try {
      await this.#writeAll(writer, plainFiles);
    } finally {
      plainFiles.close();
      writer.close();
    }
    return this.#result();
  }

  async #writeAll(writer: TargetWriter, plainFiles: PlainFiles): Promise<void> {
    const tree = this.#tree;
    let row = 0 as TreeInode;
    try {
      for (let entry = 0; entry < tree.countEntries; entry++) {
        row = tree.entryInode[entry]! as TreeInode;
        const writing = this.#writeName(entry as TreeEntry, writer);
        if (writing instanceof Promise) await writing;
        if (entry % NAMES_A_COLLECTION === 0) boundGarbage();
        if (this.#breather.due) await this.#rest();
      }
      for (row of await plainFiles.finish()) {
        // Once more by this thread, which knows what to say of it.
        const entry = tree.nameEntry[row]! as TreeEntry;
        this.#countNames--;
        await this.#leavingOut(entry, writer, writer.makeFile(entry));
      }
      // From the last to the first: writing a folder's metadata must not touch its parent's times.
      for (row = tree.countInodes - 1 as TreeInode; row >= 0; row--) {
        if (hasType(tree, row, S_IFDIR)) writer.finishFolder(row);
        if (this.#breather.due) await this.#rest();
      }
    } catch (error) {
      plainFiles.close();
      const countNames = this.#countNames - plainFiles.countIncomplete;
      const isOther = error instanceof IncompleteFileError;
      const path = this.#pathOf(isOther ? error.row : row);
      throw extractFailure(isOther ? error.cause : error, {
        ...this.options,
        path,
        countNames,
      });
    }
    this.#report();
  }

  /** Writes a name; what is damaged is left out. @returns a promise only where the writer did */
  #writeName(entry: TreeEntry, writer: TargetWriter): void | Promise<void> {
    let writing: void | Promise<void>;
    try {
      writing = writer.writeName(entry);
    } catch (error) {
      return this.#leaveOut(entry, writer, error);
    }
    if (writing instanceof Promise) return this.#leavingOut(entry, writer, writing);
    this.#countNames++;
  }

  async #leavingOut(entry: TreeEntry, writer: TargetWriter, writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      return this.#leaveOut(entry, writer, error);
    }
    this.#countNames++;
  }

  #leaveOut(entry: TreeEntry, writer: TargetWriter, error: unknown): void {
    this.#leftOut.add(entry, error);
    writer.discard();
  }

  async #rest(): Promise<void> {
    this.#report();
    await this.#breather.pause();
  }

  #report(): void {
    this.options.onProgress?.(this.#doneBytes, this.#totalBytes, "bytes");
  }

  #result(): Extracted {
    const tree = this.#tree;
    let countFiles = 0;
    let countFolders = 0;
    // The root is the target folder itself.
    for (let row = 1; row < tree.countInodes; row++) {
      if (hasType(tree, row, S_IFDIR)) countFolders++;
      else countFiles++;
    }
    const { countDamaged } = this.#leftOut;
    countFiles -= this.#leftOut.countOthers + countDamaged;
    this.signal.throwIfAborted();
    const sizeBytes = this.#doneBytes;
    return { countFiles, countFolders, sizeBytes, countDamaged, losses: this.#losses.all };
  }
}

/** At least this much is going to be written. */
function contentBytes({ tree, allocatedBytesOf }: ImageTree): number {
  let total = 0;
  for (let row = 0; row < tree.countInodes; row++) {
    if (!hasType(tree, row, S_IFREG)) continue;
    total += Math.min(tree.sizeBytes[row]!, allocatedBytesOf(row as TreeInode));
  }
  return total;
}
