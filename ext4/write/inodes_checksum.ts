/**
 * The checksum of all inodes, which binds the record to them, taken while their tables are written.
 * @module
 */

import type { ImagePlan } from "../plan/image_plan.ts";
import { CRC32C_SEED } from "../crc32c.ts";
import { addToInodesChecksum } from "../record.ts";
import { INODE_SIZE_BYTES } from "../structs/inode.ts";
import { inodeTableRuns } from "./inode_tables.ts";

/** Counts inodes from number 1 on. */
export class InodesChecksum {
  #checksum = CRC32C_SEED;
  #countAdded = 0;

  constructor(private readonly plan: ImagePlan) {}

  /** Adds the inodes that follow those added before; what is behind the last in use is left out. */
  add(tables: Uint8Array): void {
    if (!this.plan.options.hasRecord) return;
    for (let at = 0; at < tables.length; at += INODE_SIZE_BYTES) {
      if (this.#countAdded === this.plan.countInodes) return;
      this.#checksum = addToInodesChecksum(this.#checksum, tables, at);
      this.#countAdded++;
    }
  }

  /** The checksum of all inodes in use. */
  finish(): number {
    if (this.#countAdded === this.plan.countInodes) return this.#checksum;
    // Where contents end before the last table begins, the tables are made once more for it.
    const whole = new InodesChecksum(this.plan);
    for (const _ of inodeTableRuns(this.plan, (tables) => whole.add(tables)));
    return whole.#checksum;
  }
}
