/**
 * Compares the contents of an image's files with its record.
 * @module
 */

import { BOOT_LOADER_INODE, type InodeNumber } from "../../ext4/numbers.ts";
import { type FileSystem, openFileSystem } from "../../ext4/reader/file_system.ts";
import type { RecordBase } from "../../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { Breather } from "../../host/breathe.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { ContentCheck } from "../content_check.ts";
import { ContentRecord } from "../content_record.ts";
import type { RecordVerdict } from "../image_record.ts";
import { hasThreads } from "./digest_here.ts";
import { passOver, type PassResult } from "./image_pass.ts";
import { sampleOf, type SampleSize } from "./sample.ts";
import { type StoredContents, storedContents } from "./stored_contents.ts";

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
  /** Inodes whose last block does not hold zeros behind the end of the file. */
  readonly dirtyTails: readonly number[];
  /** Of the whole image, where it was asked for. */
  readonly digest?: string;
}

/** An image with its record, ready to be compared. */
export class ContentsCheck {
  private constructor(
    private readonly source: HostBlockSource,
    private readonly files: FileSystem,
    private readonly record: ContentRecord,
    readonly verdict: RecordVerdict,
  ) {}

  /** What the image was built on, as its record says. */
  get base(): RecordBase | undefined {
    return this.record.base;
  }

  /** Opens an image and judges its record. @throws CorruptImageError; UnsupportedFeatureError */
  static async open(source: HostBlockSource): Promise<ContentsCheck> {
    const files = await openFileSystem(source, { cacheBytes: 8 << 20 });
    const record = await ContentRecord.open(files);
    return new ContentsCheck(source, files, record, await record.verdict());
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
    await this.record.load();
    const breather = new Breather(signal);
    const { info } = this.files;
    const contents = await storedContents(this.files, info.countInodes, breather);
    const all = filesOf(contents);
    const totalBytes = sumOf(all);
    if (selection.sample !== undefined || selection.inodes !== undefined) {
      const { inodes, sample } = selection;
      const asked = inodes === undefined ? all : all.filter(({ inode }) => inodes.has(inode));
      const chosen = sample === undefined ? asked : sampleOf(asked, sample.size, sample.seed);
      const damaged = await this.#readEach(chosen, breather, onProgress);
      const sizeBytes = sumOf(chosen);
      return { countFiles: chosen.length, sizeBytes, totalBytes, damaged, dirtyTails: [] };
    }
    const [countFiles, sizeBytes] = [all.length, totalBytes];
    if (!hasThreads()) {
      const { digest } = await passOver(this.source, { algorithm, signal, onProgress });
      const damaged = await this.#readEach(all, breather, onProgress);
      const whole = digest === undefined ? {} : { digest };
      return { countFiles, sizeBytes, totalBytes, damaged, dirtyTails: [], ...whole };
    }
    const { stretches, blockless } = contents;
    const { blockSizeBytes, countInodes } = info;
    const files = { stretches, blockless, countInodes, blockSizeBytes };
    const pass = await passOver(this.source, { algorithm, files, signal, onProgress });
    const alone = all.filter(({ isScattered }) => isScattered);
    const damaged = [
      ...this.#different(all, pass),
      ...await this.#readEach(alone, breather, () => {}),
    ];
    const { digest, dirtyTails } = pass;
    return {
      countFiles,
      sizeBytes,
      totalBytes,
      damaged: damaged.sort((a, b) => a - b),
      dirtyTails,
      ...(digest === undefined ? {} : { digest }),
    };
  }

  /** Inodes whose digest in the pass is not the recorded one. */
  #different(all: readonly ListedFile[], { table }: PassResult): number[] {
    return all.filter(({ inode, isScattered }) => {
      if (isScattered) return false;
      const recorded = this.record.digestOf(inode as InodeNumber);
      if (recorded === undefined) return false;
      const start = (inode - 1) * RECORD_DIGEST_BYTES;
      return recorded.some((byte, i) => byte !== table![start + i]);
    }).map(({ inode }) => inode);
  }

  async #readEach(
    chosen: readonly ListedFile[],
    breather: Breather,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ): Promise<number[]> {
    const check = await ContentCheck.ofRecord(this.record);
    const damaged: number[] = [];
    const totalBytes = sumOf(chosen);
    let doneBytes = 0;
    for (const { inode } of chosen) {
      const file = await this.files.openFile(inode as InodeNumber);
      await check.begin(file);
      let offset = 0;
      for await (const piece of file.pieces()) {
        check.add(piece, offset);
        offset += piece.length;
        doneBytes += piece.length;
        if (!breather.due) continue;
        onProgress(doneBytes, totalBytes);
        await breather.pause();
      }
      if (!check.finish()) damaged.push(inode);
    }
    onProgress(totalBytes, totalBytes);
    return damaged;
  }
}

interface ListedFile {
  readonly inode: number;
  /** Of its data; holes do not count. */
  sizeBytes: number;
  /** It does not lie in one order with the others. */
  readonly isScattered: boolean;
}

function filesOf({ stretches, blockless, scattered }: StoredContents): ListedFile[] {
  const files: ListedFile[] = [];
  for (let row = 0; row < stretches.count; row++) {
    const inode = stretches.inodeOf(row);
    if (inode === BOOT_LOADER_INODE) continue;
    const dataBytes = stretches.endOf(row) - stretches.startOf(row);
    const last = files.at(-1);
    if (last?.inode === inode) last.sizeBytes += dataBytes;
    else files.push({ inode, sizeBytes: dataBytes, isScattered: false });
  }
  for (const { number: inode } of blockless) {
    files.push({ inode, sizeBytes: 0, isScattered: false });
  }
  for (const { inode, stretches } of scattered) {
    const sizeBytes = stretches.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    files.push({ inode, sizeBytes, isScattered: true });
  }
  return files;
}

function sumOf(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
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
