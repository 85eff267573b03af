/**
 * The record of an image, as those see it who read the image.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import type { RecordBase } from "../ext4/record.ts";

/** Whether there is a record, and whether it can be relied on. */
export type RecordVerdict =
  /** Sound, and made for the image as it is. */
  | { readonly state: "sound" }
  /** There is none: the image was not made by icecore, or without a record. */
  | { readonly state: "none" }
  /** A later version of icecore wrote it. */
  | { readonly state: "unknown"; readonly why: string }
  /** The image was written to since. */
  | { readonly state: "stale"; readonly why: string }
  /** The record itself is damaged. */
  | { readonly state: "broken"; readonly why: string };

/** What the contents of an image's files were when it was made. */
export interface ImageRecord {
  /** What is known from its header alone. */
  readonly presence: "present" | "none" | "unknown" | "broken";
  /** Whether there are digests to compare with; whether they can be relied on, says `verdict`. */
  readonly hasDigests: boolean;
  /** Whether the image holds all times of its source; `undefined` where that is not recorded. */
  readonly hasAllTimes: boolean | undefined;
  /** The image below, where this one is a layer of a stack; known from the header alone. */
  readonly base: RecordBase | undefined;
  /**
   * The record's last 32 bytes as they are stored, SHA-256 of its header and table: by them, a layer
   * on top names this image. `undefined` where there is no record. `verdict` says whether they are
   * right.
   */
  ownDigest(): Promise<Uint8Array | undefined>;
  /**
   * Whether the record can be relied on; reads all of it and all inodes, once.
   *
   * What matches a digest needs no verdict. What does not is damaged only where this is `sound`.
   * @param inode of a stack: only the record that has its digest
   * @param keepsInodes whether all folders are walked through next: what is read of inodes is kept for
   * it then
   */
  verdict(inode?: InodeNumber, keepsInodes?: boolean): Promise<RecordVerdict>;
  /** Reads all digests, for those who want most of them: 32 bytes an inode. */
  load(): Promise<void>;
  /** Reads the digest of an inode, and those of its neighbours, where they are not there yet. */
  prepare(inode: InodeNumber): Promise<void>;
  /**
   * The digest of an inode that was prepared or loaded: 32 bytes, a view; `undefined` where none was
   * recorded.
   */
  digestOf(inode: InodeNumber): Uint8Array | undefined;
  /** Whether an inode that was prepared or loaded has another digest than that at `at` in a table. */
  isOther(inode: InodeNumber, table: Uint8Array, at: number): boolean;
}
