/**
 * Checks the quota files: which inodes they are, and whether the usage they hold is that of the
 * image.
 *
 * Source: e2fsprogs lib/support/quotaio_tree.c, lib/support/mkquota.c `quota_compare_and_update`.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import { FileData } from "../reader/contents/file_data.ts";
import { corrupt } from "../reader/corrupt.ts";
import { isType } from "../reader/inode/inode.ts";
import { isZero, u32At } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import {
  QUOTA_BLOCK_BYTES,
  QUOTA_ENTRY,
  QUOTA_HEADER,
  QUOTA_LEAF,
  QUOTA_MAGIC,
  QUOTA_TREE_BLOCK,
  QUOTA_TREE_DEPTH,
} from "../structs/quota.ts";
import { S_IFREG } from "../tree.ts";
import type { CheckState } from "./check_state.ts";
import { quotaInodes, type QuotaType } from "./quota_usage.ts";

const STRUCTURE = QUOTA_HEADER.name;

/** Checks all quota files, after all inodes were counted. */
export function* checkQuotas(state: CheckState, isCompared: boolean): Reading<void> {
  for (const [type, number] of quotaInodes(state.volume.geometry)) {
    yield* state.findings.attempt(checkQuotaFile(state, type, number, isCompared));
  }
}

function* checkQuotaFile(
  { volume, quotas }: CheckState,
  type: QuotaType,
  number: InodeNumber,
  isCompared: boolean,
): Reading<void> {
  const { geometry } = volume;
  const bad = (why: string, fields = {}) =>
    corrupt("quota", STRUCTURE, why, { inode: number, type, ...fields });
  if (number > geometry.countInodes) throw bad("there is no such inode");
  const inode = yield* volume.inodes.load(number);
  if (inode.countLinks === 0 || !isType(inode, S_IFREG)) throw bad("it is not a regular file");
  const file = new QuotaFile(yield* FileData.open(volume, inode), inode.sizeBytes, bad);
  const usage = quotas.byType.get(type)!;
  let wrong: number | undefined;
  yield* file.visit(QUOTA_MAGIC[type], ({ dqb_id, dqb_curinodes, dqb_curspace }) => {
    if (!usage.settle(dqb_id, dqb_curinodes, dqb_curspace)) wrong ??= dqb_id;
  });
  wrong ??= usage.unsettled;
  if (wrong === undefined || !isCompared || quotas.isUncertain) return;
  const why = "the usage it holds is not that of the image, e.g. of id";
  throw corrupt("quota-usage", QUOTA_ENTRY.name, why, { inode: number, type, id: wrong });
}

/** Goes through the tree of one file. */
class QuotaFile {
  readonly #seen = new Set<number>();

  constructor(
    private readonly data: FileData,
    private readonly sizeBytes: number,
    private readonly bad: (why: string, fields?: Record<string, number>) => Error,
  ) {}

  *visit(
    magic: number,
    visit: (entry: ReturnType<typeof QUOTA_ENTRY.decode>) => void,
  ): Reading<void> {
    const { dqh_magic, dqh_version } = QUOTA_HEADER.decode(yield* this.#block(0));
    if (dqh_magic !== magic || dqh_version > 1) {
      throw this.bad("dqh_magic or dqh_version is wrong", { dqh_magic, dqh_version });
    }
    // The older form has entries of another size, which ext4 never had in the image.
    if (dqh_version === 1) yield* this.#tree(QUOTA_TREE_BLOCK, QUOTA_TREE_DEPTH, visit);
  }

  *#tree(
    block: number,
    levels: number,
    visit: (entry: ReturnType<typeof QUOTA_ENTRY.decode>) => void,
  ): Reading<void> {
    const bytes = (yield* this.#block(block)).slice();
    if (levels === 0) {
      // A leaf is named once for each of its entries.
      if (this.#seen.has(block)) return;
      this.#seen.add(block);
      const { sizeBytes } = QUOTA_ENTRY;
      for (let at = QUOTA_LEAF.sizeBytes; at + sizeBytes <= bytes.length; at += sizeBytes) {
        if (!isZero(bytes, at, at + sizeBytes)) visit(QUOTA_ENTRY.decode(bytes, at));
      }
      return;
    }
    if (levels < QUOTA_TREE_DEPTH) {
      if (this.#seen.has(block)) throw this.bad("its tree leads to a block twice", { block });
      this.#seen.add(block);
    }
    for (let at = 0; at < bytes.length; at += 4) {
      const next = u32At(bytes, at);
      if (next !== 0) yield* this.#tree(next, levels - 1, visit);
    }
  }

  *#block(block: number): Reading<Uint8Array> {
    const start = block * QUOTA_BLOCK_BYTES;
    if (start + QUOTA_BLOCK_BYTES > this.sizeBytes) {
      throw this.bad("its tree leads outside the file", { block });
    }
    const bytes = new Uint8Array(QUOTA_BLOCK_BYTES);
    yield* this.data.read(start, bytes);
    return bytes;
  }
}
