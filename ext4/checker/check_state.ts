/**
 * What the parts of a check share.
 * @module
 */

import type { Volume } from "../reader/volume.ts";
import type { EaInodeUses } from "./ea_inode_uses.ts";
import type { Findings } from "./findings.ts";
import type { InodeColumns } from "./inode_columns.ts";
import type { QuotaUsages } from "./quota_usage.ts";
import type { SharedContents } from "./shared_contents.ts";
import type { UsedBlocks } from "./used_blocks.ts";
import type { XattrBlockUses } from "./xattr_block_uses.ts";

/** How far a check goes. */
export interface CheckOptions {
  /** Most findings that are kept with their message; the rest is counted. Default 100. */
  readonly maxFindings?: number;
  /**
   * Whether everything that icecore leaves zero has to be zero, and copies have to be equal; by
   * default this is asked of images that look as if icecore had made them and nobody wrote since.
   */
  readonly exact?: boolean;
  /** Called about every thousand inodes; what it returns is waited for, so that others may run. */
  readonly pause?: () => Promise<void> | void;
}

/** What was counted on the way. */
export interface CheckSummary {
  countInodes: number;
  countFiles: number;
  countFolders: number;
  countSymlinks: number;
  /** Devices, FIFOs and sockets. */
  countSpecial: number;
  countEntries: number;
  countXattrBlocks: number;
  countBlocks: number;
  countFreeBlocks: number;
}

/** A check under way. */
export interface CheckState {
  readonly volume: Volume;
  readonly findings: Findings;
  readonly isExact: boolean;
  readonly pause: () => Promise<void> | void;
  readonly used: UsedBlocks;
  /** Contents of files, where they may be shared. */
  readonly contents: SharedContents;
  readonly columns: InodeColumns;
  readonly xattrBlocks: XattrBlockUses;
  readonly eaInodes: EaInodeUses;
  readonly quotas: QuotaUsages;
  readonly summary: CheckSummary;
}
