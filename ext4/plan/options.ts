/**
 * What a caller decides about an image, and whether it can be.
 * @module
 */

import { PlanError } from "../image_errors.ts";
import type { BlockSizeBytes } from "../numbers.ts";
import type { RecordBase } from "../record.ts";
import { RECORD_DIGEST_BYTES } from "../structs/record.ts";

/** Everything about an image that does not come from the tree. The same options, the same bytes. */
export interface PlanOptions {
  /** `"auto"`: whichever is smallest, but 4096 where that is within 2 % of the smallest. */
  readonly blockSizeBytes: BlockSizeBytes | "auto";
  /** 0 to 16 bytes, shown by `lsblk` and `blkid`. */
  readonly label: Uint8Array;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** 16 bytes that the hashes of names in large folders start from. */
  readonly hashSeed: Uint8Array;
  /** When the image was made, in whole seconds since 1970; 0 to 2^40 - 1. */
  readonly writeTimeSeconds: number;
  /** `"mtime"`: access, change and birth time are set to the time of modification. */
  readonly times: "mtime" | "all";
  /** Whether the image holds digests of its files' contents, in inode 5. */
  readonly hasRecord: boolean;
  /** The image below, of a layer; its record names it, so that it must have one. */
  readonly base?: RecordBase;
  /**
   * For each row of the tree the first row with the same contents and the same holes: equal files
   * then share their blocks. Absent: each file has its own.
   */
  readonly equalTo?: Uint32Array | undefined;
}

const UUID_BYTES = 16;
const LABEL_MAX_BYTES = 16;
const NAME_MAX_BYTES = 255;
const SLASH = 0x2f;
/** `s_wtime` has 32 bits and `s_wtime_hi` 8 more. */
const WRITE_TIME_END_SECONDS = 2 ** 40;

/** @throws PlanError `bad-option` */
export function checkOptions(options: PlanOptions): void {
  const { blockSizeBytes, label, uuid, hashSeed, writeTimeSeconds } = options;
  if (blockSizeBytes !== "auto" && ![1024, 2048, 4096].includes(blockSizeBytes)) {
    throw bad(`the block size is ${blockSizeBytes} bytes`, "Use 1024, 2048, 4096 or auto.");
  }
  if (label.length > LABEL_MAX_BYTES) {
    throw bad(`the label has ${label.length} bytes`, `Use at most ${LABEL_MAX_BYTES}.`);
  }
  if (uuid.length !== UUID_BYTES) {
    throw bad(`the UUID has ${uuid.length} bytes`, `Give ${UUID_BYTES}.`);
  }
  if (hashSeed.length !== UUID_BYTES) {
    throw bad(`the hash seed has ${hashSeed.length} bytes`, `Give ${UUID_BYTES}.`);
  }
  const inRange = writeTimeSeconds >= 0 && writeTimeSeconds < WRITE_TIME_END_SECONDS;
  if (!Number.isInteger(writeTimeSeconds) || !inRange) {
    throw bad(`the write time is ${writeTimeSeconds}`, "Give whole seconds from 0 to 2^40 - 1.");
  }
  if (options.base !== undefined) checkBase(options.base, options.hasRecord);
}

function checkBase({ name, uuid, digest, depth }: RecordBase, hasRecord: boolean): void {
  if (!hasRecord) throw bad("a layer names its base in its record", "Leave the record on.");
  if (name.length < 1 || name.length > NAME_MAX_BYTES || name.includes(0) || name.includes(SLASH)) {
    const what = `Give 1 to ${NAME_MAX_BYTES} bytes without slash and NUL.`;
    throw bad("the base's name is not that of a file", what);
  }
  if (uuid.length !== UUID_BYTES || digest.length !== RECORD_DIGEST_BYTES) {
    const what = `Give ${UUID_BYTES} and ${RECORD_DIGEST_BYTES} bytes.`;
    throw bad("the base's UUID or digest has another length", what);
  }
  if (!Number.isInteger(depth) || depth < 1 || depth > 0xffff_ffff) {
    throw bad(`the depth is ${depth}`, "Give the number of images below the layer.");
  }
}

function bad(why: string, what: string): PlanError {
  return new PlanError("bad-option", `cannot plan the image: ${why}. ${what}`);
}
