/**
 * All inode tables as one sequence: number 1 first, zeros behind the last one in use.
 * @module
 */

import { BOOT_LOADER_INODE, FIRST_INODE, ROOT_INODE } from "../numbers.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { INODE_SIZE_BYTES } from "../structs/inode.ts";
import { CHUNK_SIZE_BYTES } from "./chunk.ts";
import { inodeWriter } from "./inode_writer.ts";
import type { Run } from "./run.ts";

/**
 * The tables of all groups, back to back.
 * @param onInodes is shown all inodes in use, in order, before they are yielded
 */
export function* inodeTableRuns(
  plan: ImagePlan,
  onInodes: (tables: Uint8Array) => void,
): Generator<Run> {
  const { geometry, blockSizeBytes } = plan;
  const total = geometry.countGroups * geometry.tableBlocksPerGroup * blockSizeBytes;
  const used = Math.ceil(plan.countInodes * INODE_SIZE_BYTES / blockSizeBytes) * blockSizeBytes;
  const chunk = new Uint8Array(Math.min(CHUNK_SIZE_BYTES, used));
  const write = inodeWriter(plan, chunk);
  const next = inodeSequence(plan);

  for (let start = 0; start < used; start += chunk.length) {
    const length = Math.min(chunk.length, used - start);
    if (start > 0) chunk.fill(0);
    for (;;) {
      const at = (next.number - 1) * INODE_SIZE_BYTES - start;
      if (at >= length) break;
      if (next.row >= 0) write.row(at, next.number, next.row);
      else write.extra(at, plan.contents.extras[next.extra]!);
      next.advance();
    }
    onInodes(chunk.subarray(0, length));
    yield { kind: "bytes", bytes: chunk.subarray(0, length) };
  }
  if (total > used) yield { kind: "zeros", lengthBytes: total - used };
}

/** Visits the stored inodes by number; at the end, `number` is infinity. */
interface InodeSequence {
  number: number;
  /** Row of the tree, or -1 for an extra inode. */
  row: number;
  /** Index of the extra inode. */
  extra: number;
  advance(): void;
}

function inodeSequence(plan: ImagePlan): InodeSequence {
  const { numberOf } = plan.inventory;
  const { extras } = plan.contents;
  const countRows = plan.tree.countInodes;
  const lostAndFoundRow = numberOf.indexOf(FIRST_INODE);
  let nextRow = 1;
  let nextExtra = 0;
  return {
    number: ROOT_INODE,
    row: 0,
    extra: -1,
    advance() {
      if (this.number === ROOT_INODE && extras[0]?.kind === "record") {
        this.number = BOOT_LOADER_INODE;
        this.row = -1;
        this.extra = nextExtra++;
        return;
      }
      const isLostAndFoundDue = this.number < FIRST_INODE;
      if (isLostAndFoundDue && lostAndFoundRow > 0) {
        this.number = FIRST_INODE;
        this.row = lostAndFoundRow;
        return;
      }
      if (!isLostAndFoundDue) {
        while (nextRow < countRows) {
          const row = nextRow++;
          const number = numberOf[row]!;
          if (number <= FIRST_INODE) continue;
          this.number = number;
          this.row = row;
          return;
        }
      }
      this.row = -1;
      this.extra = nextExtra++;
      this.number = extras[this.extra]?.number ?? Infinity;
    },
  };
}
