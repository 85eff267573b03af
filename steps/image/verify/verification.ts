/**
 * What is verified of an image, what may be wrong, and what is said when nothing is.
 * @module
 */

import type { DroppedTransactions } from "../../../ext4/reader/journal/replay.ts";
import type { ImagePath } from "../../../ext4/reader/path.ts";
import type { SourceOptions } from "../../../host/block_source/block_source.ts";
import type { Problem } from "../../../pipeline/problem.ts";
import type { RecordVerdict } from "../image_record.ts";
import type { Difference } from "../diff/difference.ts";
import type { SampleSize } from "./sample.ts";
import type { Verified } from "./side_file.ts";

/** What of an image is verified. */
export interface VerifyImageOptions extends Pick<SourceOptions, "leastBytesPerMinute"> {
  /** Folders to compare with, placed as `build` placed them; none by default. */
  readonly sources?: readonly string[];
  /** Globs of names that `build` left out. */
  readonly exclude?: readonly string[];
  /** Take folders of other file systems for empty, as `build --one-file-system` stored them. */
  readonly oneFileSystem?: boolean;
  /**
   * Whether it is read whole, and compared with its side file and its record: `auto` (the default)
   * asks for a side file unless it has a record, or there are sources to compare with.
   */
  readonly digest?: "auto" | "never";
  /** Only these paths of the image, each with all below it; then the whole is not hashed. */
  readonly paths?: readonly ImagePath[];
  /** Only a random part of the files, whole files; then the whole is not hashed. */
  readonly sample?: SampleSize;
  /** Which random part; the same seed, the same files. Default: another one each time. */
  readonly seed?: number;
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Is told how far it is. */
  onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
  /** A check begins. */
  onCheck?(check: "record" | "contents" | "structure" | "source"): void;
  /** Told each thing that is wrong. */
  onFailure?(failure: VerifyFailure): void;
  /** Told each name of a source that could not be read. */
  onProblem?(problem: Problem): void;
}

/** One thing that is wrong. */
export type VerifyFailure =
  | { readonly check: "digest"; readonly message: string }
  | { readonly check: "record"; readonly message: string }
  | {
    readonly check: "contents";
    /** `content-digest`: the contents differ; `tail`: only what lies behind the file's end. */
    readonly code: "content-digest" | "tail";
    readonly inode: number;
    /** All names of the file, as they may be shown. */
    readonly paths: readonly string[];
    readonly message: string;
  }
  | {
    readonly check: "structure";
    readonly code: string;
    readonly structure: string;
    readonly message: string;
  }
  | { readonly check: "source"; readonly difference: Difference };

/** What was verified; nothing was wrong. */
export interface VerifiedImage {
  /** Missing where there was no side file, or it was not asked for. */
  readonly digest?: Verified;
  /** Whether the image has a record of its files' contents that can be relied on. */
  readonly record: RecordVerdict;
  /** What of the contents was compared with the record; missing where there was none to rely on. */
  readonly contents?: VerifiedContents;
  /** How many inodes there are. */
  readonly countInodes: number;
  /** It was not unmounted: its journal was replayed in memory before its structure was checked. */
  readonly wasReplayed: boolean;
  /**
   * Its journal is damaged in between: the transaction of this number, and so many whole ones behind
   * it, are not part of what was verified, nor of what any reader or kernel shows.
   */
  readonly dropped?: DroppedTransactions;
  /** Folders that it was compared with. */
  readonly sources: readonly string[];
}

/** Contents that were compared with the record. */
export interface VerifiedContents {
  readonly countFiles: number;
  readonly sizeBytes: number;
  /** Of all files. */
  readonly totalBytes: number;
  /** With a sample: it repeats the choice. */
  readonly seed?: number;
}
