/**
 * Files that have nothing but contents, one name, owner, mode and times, of which there may be many:
 * made by several threads. Small ones are read here; long ones are copied whole by another thread,
 * where the image is a file of this machine.
 * @module
 */

import { hasType, S_IFREG, type Tree, type TreeEntry, type TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { atForcedExit } from "../../host/ends/forced_exit.ts";
import { SystemError } from "../../host/libc/errno.ts";
import type { ContentCheck } from "../content_check.ts";
import type { ImageReader } from "../image_reader.ts";
import type { ImageStorage } from "../image_storage.ts";
import type { ImageTree } from "../image_tree.ts";
import type { ContentsPlace } from "./contents_place.ts";
import type { Describer } from "./describer.ts";
import type { BatchWriter } from "./file_batch.ts";
import { FileWriter } from "./file_writer.ts";
import { SmallContents } from "./small_contents.ts";
import type { TargetFolders } from "./target_folders.ts";

/** With fewer files, starting a thread takes longer than it saves, unless they are long. */
const MANY_FILES = 1000;
const MANY_BYTES = 64 << 20;
/** Files up to this size are read whole. */
const MOST_SMALL_BYTES = 256 << 10;

/** What it works with. */
export interface PlainFilesParts {
  readonly image: ImageReader;
  readonly folders: TargetFolders;
  readonly describer: Describer;
  readonly breather: Breather;
  readonly source: ImageTree;
  /** Compares what is read with the record, if there is one; its digests are loaded. */
  readonly check: ContentCheck | undefined;
  /** Hears of a file that differs from the record. @returns Whether it is made all the same. */
  onDifferent(row: TreeInode): Promise<boolean>;
  /** Whether a file of this size is rather cloned than copied. */
  isCloned(sizeBytes: number): boolean;
  /** Told how many bytes were read. */
  onRead(sizeBytes: number): void;
}

/** Takes such files over. */
export class PlainFiles {
  readonly #writer: FileWriter | undefined;
  readonly #storage: ImageStorage | undefined;
  readonly #contents: SmallContents;
  readonly #forget = atForcedExit(() => this.#writer?.close());
  readonly #long = new Map<TreeInode, number>();
  #countTaken = 0;

  constructor(private readonly parts: PlainFilesParts) {
    const { source, breather, folders, image } = parts;
    if (image.storage?.file !== undefined) this.#storage = image.storage;
    this.#contents = new SmallContents(image, source, MOST_SMALL_BYTES);
    if (hasMany(source.tree, this.#storage !== undefined)) {
      const openFolder = (row: TreeInode) => folders.reopen(row);
      this.#writer = new FileWriter(breather, source.tree, openFolder, this.#storage?.file);
    }
  }

  /** Files that were taken over and are not complete. */
  get countIncomplete(): number {
    return this.#countTaken - (this.#writer?.countMade ?? 0);
  }

  /**
   * Takes a file over that is not there yet, or returns false.
   * @param entry Its only name.
   * @returns A promise only where the image's bytes have to be waited for.
   */
  takeOver(entry: TreeEntry, row: TreeInode): boolean | Promise<boolean> {
    const writer = this.#writer;
    const { source, describer } = this.parts;
    const { tree } = source;
    const sizeBytes = tree.sizeBytes[row]!;
    // What has several names is linked to by the next: it must be there by then.
    const isSimple = tree.countNames[row] === 1 && describer.isPlain(row);
    if (writer === undefined || !isSimple || this.parts.isCloned(sizeBytes)) return false;
    if (sizeBytes > MOST_SMALL_BYTES) return this.#takeLong(writer, entry, row);
    if (sizeBytes > 0 && source.contentsAtOf(row) === 0) return false;
    return this.#takeSmall(writer, entry, row);
  }

  /**
   * Waits until all are complete.
   * @returns Files that could not be copied as they were recorded: they are not there, and no longer
   * this one's.
   * @throws IncompleteFileError
   */
  async finish(): Promise<readonly TreeInode[]> {
    const reports = await this.#writer?.finish() ?? [];
    for (const { row, what, call, errno, count } of reports.flatMap((each) => each.refusals)) {
      this.parts.describer.refused(row, what, new SystemError(call, errno), count);
    }
    const different = reports.flatMap((report) => report.different);
    this.#countTaken -= different.length;
    for (const row of different) this.parts.onRead(-this.#long.get(row)!);
    return different;
  }

  /** Ends the work; a second call does no harm. Each file is complete then, or not there. */
  close(): void {
    this.#forget();
    this.#writer?.close();
  }

  // Without closures and views where none is needed: of many files, each would be garbage.
  #takeSmall(
    writer: FileWriter,
    entry: TreeEntry,
    row: TreeInode,
  ): boolean | Promise<boolean> {
    const sizeBytes = this.parts.source.tree.sizeBytes[row]!;
    if (sizeBytes === 0) return this.#handOver(writer, writer.batchFor(0), entry, 0);
    const at = this.#contents.find(writer.batch, row);
    if (at !== undefined) return this.#judge(writer, writer.batch!, entry, at);
    const batch = writer.batchFor(sizeBytes);
    const reading = this.#contents.read(batch, entry);
    return reading instanceof Promise
      ? reading.then(() => this.#judge(writer, batch, entry, this.#contents.find(batch, row)!))
      : this.#judge(writer, batch, entry, this.#contents.find(batch, row)!);
  }

  /** Compares contents that are in a batch with the record. */
  #judge(
    writer: FileWriter,
    batch: BatchWriter,
    entry: TreeEntry,
    at: number,
  ): boolean | Promise<boolean> {
    const { source, check } = this.parts;
    const row = source.tree.entryInode[entry]! as TreeInode;
    const contents = batch.view(at, source.tree.sizeBytes[row]!);
    const isSame = check?.matches(source.inodeOf(row), contents) ?? true;
    if (isSame) return this.#handOver(writer, batch, entry, at);
    return this.parts.onDifferent(row).then((isMade) =>
      isMade ? this.#handOver(writer, batch, entry, at) : true
    );
  }

  #handOver(writer: FileWriter, batch: BatchWriter, entry: TreeEntry, at: number): true {
    const { source: { tree }, describer, onRead } = this.parts;
    const row = tree.entryInode[entry]! as TreeInode;
    const sizeBytes = tree.sizeBytes[row]!;
    onRead(sizeBytes);
    this.#countTaken++;
    batch.add(entry, describer.ownerAndMode(row), at, sizeBytes, false);
    writer.submitFull();
    return true;
  }

  async #takeLong(writer: FileWriter, entry: TreeEntry, row: TreeInode): Promise<boolean> {
    const place = await this.#placeOf(row);
    if (place === undefined || !writer.takesLong(place)) return false;
    const bytes = place.stretches.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    this.parts.onRead(bytes);
    this.#long.set(row, bytes);
    this.#countTaken++;
    writer.addLong(entry, this.parts.describer.ownerAndMode(row), place);
    return true;
  }

  /** Where a long file lies; `undefined` where another thread cannot read it from there. */
  async #placeOf(row: TreeInode): Promise<ContentsPlace | undefined> {
    const { source, check } = this.parts;
    const inode = source.inodeOf(row);
    const stored = await this.#storage?.placeOf(inode);
    if (stored === undefined || stored.isLink) return undefined;
    const { sizeBytes, stretches } = stored;
    return { sizeBytes, stretches, digest: check?.expectedOf(inode) };
  }
}

function hasMany(tree: Tree, isLocal: boolean): boolean {
  let count = 0;
  let bytes = 0;
  for (let row = 0; row < tree.countInodes; row++) {
    if (!hasType(tree, row as TreeInode, S_IFREG)) continue;
    count++;
    if (isLocal && tree.sizeBytes[row]! > MOST_SMALL_BYTES) bytes += tree.sizeBytes[row]!;
    if (count >= MANY_FILES || bytes >= MANY_BYTES) return true;
  }
  return false;
}
