/**
 * The record: its header from the plan, its digests from whoever reads the files.
 * @module
 */

import { crc32c, CRC32C_SEED } from "../crc32c.ts";
import { highHalf, lowHalf, roundUp } from "../numbers.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import {
  digestsSizeBytes,
  type RecordBase,
  recordHeaderSizeBytes,
  recordSizeBytes,
} from "../record.ts";
import {
  RECORD_ALGORITHM,
  RECORD_BASE,
  RECORD_FLAGS,
  RECORD_HEADER,
  RECORD_MAGIC,
  RECORD_VERSION,
} from "../structs/record.ts";
import type { InodesChecksum } from "./inodes_checksum.ts";
import type { Run } from "./run.ts";

/** The blocks of the record. */
export function* recordRuns(plan: ImagePlan, inodesChecksum: InodesChecksum): Generator<Run> {
  const { countInodes, blockSizeBytes, options } = plan;
  const header = encodeHeader(plan, inodesChecksum.finish());
  yield { kind: "bytes", bytes: header };
  yield { kind: "digests", header, offsetBytes: 0, lengthBytes: digestsSizeBytes(countInodes) };
  const sizeBytes = recordSizeBytes(countInodes, options.base !== undefined);
  const behind = roundUp(sizeBytes, blockSizeBytes) - sizeBytes;
  if (behind > 0) yield { kind: "zeros", lengthBytes: behind };
}

function encodeHeader({ countInodes, options }: ImagePlan, inodesChecksum: number): Uint8Array {
  const { base } = options;
  const header = new Uint8Array(recordHeaderSizeBytes(base !== undefined));
  RECORD_HEADER.encodeInto(header, 0, {
    r_magic: RECORD_MAGIC,
    r_version: RECORD_VERSION,
    r_algorithm: RECORD_ALGORITHM.sha256,
    r_header_size: header.length,
    r_inodes_count: countInodes,
    r_flags: (options.times === "all" ? RECORD_FLAGS.all_times : 0) |
      (base === undefined ? 0 : RECORD_FLAGS.base),
    r_wtime: lowHalf(options.writeTimeSeconds),
    r_wtime_hi: highHalf(options.writeTimeSeconds),
    r_inodes_checksum: inodesChecksum,
  });
  if (base !== undefined) encodeBase(header, base);
  RECORD_HEADER.encodeInto(header, 0, { r_checksum: crc32c(CRC32C_SEED, header) });
  return header;
}

function encodeBase(header: Uint8Array, { name, uuid, digest, depth }: RecordBase): void {
  RECORD_BASE.encodeInto(header, RECORD_HEADER.sizeBytes, {
    rb_uuid: uuid,
    rb_digest: digest,
    rb_depth: depth,
    rb_name_length: name.length,
    rb_name: name,
  });
}
