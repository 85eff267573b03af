/**
 * The image or stack that a layer is built on, as the step `since` sees it.
 *
 * The step knows no reader of images: `image/base_image.ts` satisfies this port.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { PlainFile } from "../../ext4/reader/metadata/packed_stats.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { RecordBase } from "../../ext4/record.ts";
import type { Xattr } from "../../ext4/tree.ts";

/** An open base. What it shows is what overlayfs shows of it: no marks, attributes unescaped. */
export interface BaseImage {
  /** What it is called in messages. */
  readonly shownName: string;
  /** Paths and URLs of all its images. */
  readonly locations: readonly string[];
  /** How the record of a layer on top names it. */
  readonly binding: RecordBase;
  /** Whether the change and creation times of all inodes are those of the source. */
  readonly hasAllTimes: boolean;
  /**
   * Goes through its records and all its inodes; to be called first.
   * @throws UsageError `bad-base` where nothing can be built on it
   */
  requireSound(): Promise<void>;
  /** All folders, each after the one it lies in; their entries are ordered by name. */
  folders(): AsyncIterable<BaseFolder>;
  /** The attributes of an inode that has some. */
  xattrs(inode: InodeNumber): Promise<readonly Xattr[]>;
  /** The target of a symbolic link. */
  target(inode: InodeNumber): Promise<Uint8Array>;
  /** What the contents of a file are, without reading them; `undefined` where nobody knows. */
  contents(stat: Stat): Promise<RecordedContents | undefined>;
  close(): Promise<void>;
}

/** A folder of the base. */
export interface BaseFolder {
  readonly stat: Stat;
  readonly entries: readonly BaseEntry[];
}

/** A name in a folder of the base. */
export interface BaseEntry {
  readonly name: Uint8Array;
  readonly stat: Stat;
  /** The order of its name and the bytes `[start, end)`, as `compareBytes` has it. */
  compareName(bytes: Uint8Array, start: number, end: number): number;
  /**
   * Whether it is seen at a glance to be a file with one name and no attributes, and all else as
   * given; where not, `stat` may say so still.
   */
  isPlainFile(file: PlainFile): boolean;
}

/** What is recorded of a file's contents. */
export interface RecordedContents {
  /** SHA-256, by the rule of the record. */
  readonly digest: Uint8Array;
  /** Only where the digest passes holes over: what it covers, as pairs `[start, end)` in bytes. */
  readonly ranges?: readonly (readonly [start: number, end: number])[];
}

/**
 * Opens a base. What takes longer is left to `requireSound`.
 *
 * @param location A path, `http://…`, `https://…` or `s3://BUCKET/KEY`.
 * @param options `bases` are images, or folders of images, among which those below it are looked for;
 * `identityFiles` hold private keys, where it is encrypted.
 * @throws UsageError `bad-base` where nothing can be built on it; CorruptImageError,
 * EnvironmentError.
 */
export type OpenBase = (
  location: string,
  options: {
    readonly signal: AbortSignal;
    readonly bases: readonly string[];
    readonly identityFiles: readonly string[];
  },
) => Promise<BaseImage>;
