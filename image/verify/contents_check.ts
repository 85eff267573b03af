/**
 * Compares the contents of an image's files with its record.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { InodeNumber } from "../../ext4/numbers.ts";
import { type FileSystem, openFileSystem } from "../../ext4/reader/file_system.ts";
import type { RecordBase } from "../../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { Breather } from "../../host/breathe.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { hasThreads } from "../../host/threads/has_threads.ts";
import { ContentCheck } from "../content_check.ts";
import { ContentRecord } from "../content_record.ts";
import type { RecordVerdict } from "../image_record.ts";
import { StoredDamageError } from "../stored/stored_damage_error.ts";
import { passOver, type PassResult } from "./image_pass.ts";
import { sampleOf, type SampleSize } from "./sample.ts";
import { type ListedFile, ListedFiles } from "./listed_files.ts";
import { storedContents } from "./stored_contents.ts";
import { type DirtyTail, readTail } from "./tails.ts";

/** Which files are compared; all by default. */
export interface ContentsSelection {
  /** A random part. */
  readonly sample?: { readonly size: SampleSize; readonly seed: number };
  /** These inodes alone. */
  readonly inodes?: ReadonlySet<number>;
}

/** What was compared, and what differs. */
export interface ComparedContents {
  readonly countFiles: number;
  readonly sizeBytes: number;
  /** Of all files that the record knows. */
  readonly totalBytes: number;
  /** Inodes whose contents differ. */
  readonly damaged: readonly number[];
  /** Files whose last block does not hold zeros behind their end. */
  readonly dirtyTails: readonly DirtyTail[];
  /** What the image is stored in is damaged there. */
  readonly storedDamage: readonly StoredDamageError[];
  /** Of the whole image, where it was asked for. */
  readonly digest?: string;
}

/** An image with its record, ready to be compared. */
export class ContentsCheck {
  private constructor(
    private readonly source: HostBlockSource,
    readonly files: FileSystem,
    private readonly record: ContentRecord,
    readonly verdict: RecordVerdict,
    /** Whether superblock or descriptors are broken, and something else was read in their place. */
    readonly isMended: boolean,
  ) {}

  /** What the image was built on, as its record says. */
  get base(): RecordBase | undefined {
    return this.record.base;
  }

  /** Opens an image and judges its record. @throws CorruptImageError; UnsupportedFeatureError */
  static async open(source: HostBlockSource): Promise<ContentsCheck> {
    let isMended = false;
    const files = await openEvenBroken(source, () => isMended = true);
    const record = await ContentRecord.open(files);
    return new ContentsCheck(source, files, record, await record.verdict(), isMended);
  }

  /**
   * Compares.
   * @param algorithm digests the whole image in the same pass
   */
  async run(
    selection: ContentsSelection,
    algorithm: string | undefined,
    signal: AbortSignal,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ): Promise<ComparedContents> {
    const breather = new Breather(signal);
    const { info } = this.files;
    const contents = await storedContents(this.files, info.countInodes, breather);
    const all = new ListedFiles(contents);
    const { countFiles, dataBytes: totalBytes } = contents;
    const isPart = selection.sample !== undefined || selection.inodes !== undefined;
    // What is read one by one is so in any order.
    const areApart = isPart || !hasThreads() || contents.scattered.length > 0;
    if (areApart) await this.record.load();
    if (isPart) {
      const { inodes, sample } = selection;
      const asked = inodes === undefined
        ? [...all]
        : [...all].filter(({ inode }) => inodes.has(inode));
      const chosen = sample === undefined ? asked : sampleOf(asked, sample.size, sample.seed);
      const found = await this.#readEach(chosen, breather, onProgress);
      return { ...sumsOf(chosen), totalBytes, ...found };
    }
    const counts = { countFiles, sizeBytes: totalBytes, totalBytes };
    if (!hasThreads()) {
      const { digest } = await passOver(this.source, { algorithm, signal, onProgress });
      const found = await this.#readEach(all, breather, onProgress);
      return { ...counts, ...found, ...(digest === undefined ? {} : { digest }) };
    }
    const { stretches, blockless, shared } = contents;
    const { blockSizeBytes, countInodes } = info;
    const files = { stretches, blockless, shared, countInodes, blockSizeBytes };
    let pass: PassResult;
    try {
      pass = await passOver(this.source, { algorithm, files, signal, onProgress });
    } catch (error) {
      if (!(error instanceof StoredDamageError)) throw error;
      // A pass ends at the first damage; one by one, each file that lies there is named.
      return { ...counts, ...await this.#readEach(all, breather, onProgress) };
    }
    const alone = await this.#readEach(all.scattered(), breather, () => {});
    const { digest } = pass;
    return {
      ...counts,
      damaged: [...await this.#different(all, pass), ...alone.damaged].sort((a, b) => a - b),
      dirtyTails: [...pass.dirtyTails, ...alone.dirtyTails],
      storedDamage: alone.storedDamage,
      ...(digest === undefined ? {} : { digest }),
    };
  }

  /**
   * Inodes whose digest in the pass is not the recorded one. They are gone through by their number,
   * whatever order they lie in: of the record, no more than a piece is needed at a time.
   */
  async #different(all: ListedFiles, { table }: PassResult): Promise<number[]> {
    const met = new Uint8Array(this.files.info.countInodes + 1);
    all.mark(met);
    const different: number[] = [];
    for (let number = met.indexOf(1); number > 0; number = met.indexOf(1, number + 1)) {
      const inode = number as InodeNumber;
      // Of a thousand neighbours one is waited for.
      if (!this.record.isPrepared(inode)) await this.record.prepare(inode);
      const at = (inode - 1) * RECORD_DIGEST_BYTES;
      if (this.record.isOther(inode, table!, at)) different.push(inode);
    }
    return different;
  }

  async #readEach(
    chosen: Iterable<ListedFile>,
    breather: Breather,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ): Promise<Pick<ComparedContents, "damaged" | "dirtyTails" | "storedDamage">> {
    const check = await ContentCheck.ofRecord(this.record);
    const damaged: number[] = [];
    const dirtyTails: DirtyTail[] = [];
    const storedDamage = new Map<string, StoredDamageError>();
    const totalBytes = sumsOf(chosen).sizeBytes;
    let doneBytes = 0;
    const onRead = async (bytes: number) => {
      doneBytes += bytes;
      if (!breather.due) return;
      onProgress(doneBytes, totalBytes);
      await breather.pause();
    };
    for (const listed of chosen) {
      try {
        if (!await this.#hasSameContents(listed, check, onRead)) damaged.push(listed.inode);
        const tail = await this.#tailOf(listed);
        if (tail !== undefined) dirtyTails.push(tail);
      } catch (error) {
        if (!(error instanceof StoredDamageError)) throw error;
        damaged.push(listed.inode);
        storedDamage.set(error.message, error);
      }
    }
    onProgress(totalBytes, totalBytes);
    return { damaged, dirtyTails, storedDamage: [...storedDamage.values()] };
  }

  async #hasSameContents(
    { inode, isLink }: ListedFile,
    check: ContentCheck,
    onRead: (bytes: number) => Promise<void>,
  ): Promise<boolean> {
    if (isLink) return await this.#hasSameTarget(inode, check);
    const file = await this.files.openFile(inode);
    await check.begin(file);
    let offset = 0;
    for await (const piece of file.pieces()) {
      check.add(piece, offset);
      offset += piece.length;
      await onRead(piece.length);
    }
    return check.finish();
  }

  async #hasSameTarget(inode: InodeNumber, check: ContentCheck): Promise<boolean> {
    try {
      return check.matches(inode, await this.files.readLink(inode));
    } catch (error) {
      if (error instanceof StoredDamageError || !(error instanceof CorruptImageError)) throw error;
      return false;
    }
  }

  /** Of a server it would be a request of its own for each file. */
  async #tailOf({ inode, endBytes }: ListedFile): Promise<DirtyTail | undefined> {
    if (endBytes === undefined || !this.source.isLocal) return undefined;
    return await readTail(this.source, inode, endBytes, this.files.info.blockSizeBytes);
  }
}

/** With copies of superblock and descriptors where the first are broken, which the checker names. */
async function openEvenBroken(
  source: HostBlockSource,
  onBroken: () => void,
): Promise<FileSystem> {
  const options = { cacheBytes: 8 << 20 };
  try {
    return await openFileSystem(source, options);
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    return await openFileSystem(source, { ...options, onBroken });
  }
}

function sumsOf(files: Iterable<ListedFile>): Pick<ComparedContents, "countFiles" | "sizeBytes"> {
  let countFiles = 0;
  let sum = 0;
  for (const { isLink, sizeBytes } of files) {
    if (!isLink) countFiles++;
    sum += sizeBytes;
  }
  return { countFiles, sizeBytes: sum };
}

/** The error of a part that cannot be verified. */
export function noRecord(shownName: string, verdict: RecordVerdict | undefined): EnvironmentError {
  const why = verdict === undefined || verdict.state === "none" || verdict.state === "sound"
    ? "it has no record of its files' contents"
    : `the record of its files' contents cannot be used: ${verdict.why}`;
  return new EnvironmentError(
    `cannot verify a part of ${shownName}: ${why}. Verify the whole image, against its side file.`,
    "no-record",
  );
}
