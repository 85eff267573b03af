/**
 * Checks an image: all checksums, and whether everything that refers to each other agrees.
 *
 * Nothing is written, and no contents of files are read. Memory: a bit a block and 21 bytes an
 * inode in use, beside the reader's cache; twice that where files share blocks.
 * @module
 */

import { type GroupNumber, joinHiLo } from "../numbers.ts";
import type { BlockSource } from "../reader/bytes/block_source.ts";
import type { DroppedTransactions } from "../reader/journal/replay.ts";
import type { GroupInfo } from "../reader/layout/group_descriptor.ts";
import { type OpenVolume, openVolume } from "../reader/open/open_volume.ts";
import { type Reading, settle } from "../reader/reading.ts";
import { STATE_CLEAN, STATE_ERRORS } from "../structs/superblock.ts";
import { checkBlockBitmap } from "./block_bitmap_check.ts";
import type { CheckOptions, CheckState, CheckSummary } from "./check_state.ts";
import {
  checkDescriptorCopies,
  checkDescriptorFlags,
  claimSystemBlocks,
} from "./descriptors_check.ts";
import { EaInodeUses } from "./ea_inode_uses.ts";
import { type Finding, Findings } from "./findings.ts";
import { InodeColumns } from "./inode_columns.ts";
import { checkInodeTable } from "./inode_tables_check.ts";
import { checkJournal } from "./journal_check.ts";
import { checkLinks } from "./links_check.ts";
import { checkMmpBlock } from "./mmp_check.ts";
import { checkOrphanFile } from "./orphan_file_check.ts";
import { checkQuotas } from "./quota_check.ts";
import { QuotaUsages } from "./quota_usage.ts";
import { checkSuperblocks, looksUntouched } from "./superblock_check.ts";
import { SharedContents } from "./shared_contents.ts";
import { UsedBlocks } from "./used_blocks.ts";
import { XattrBlockUses } from "./xattr_block_uses.ts";

/** What a check came to. */
export interface CheckReport {
  /** Nothing is wrong. */
  readonly isSound: boolean;
  /** What is wrong; at most `maxFindings`. */
  readonly findings: readonly Finding[];
  /** How much is wrong, whether kept in `findings` or not. */
  readonly countFindings: number;
  /** It was not unmounted: what was checked is what it is when its journal has been replayed. */
  readonly wasReplayed: boolean;
  /** Transactions that its journal lost, where it is damaged in between; no finding by itself. */
  readonly dropped?: DroppedTransactions;
  readonly summary: CheckSummary;
}

const DEFAULT_MAX_FINDINGS = 100;

/**
 * Checks an image.
 * @returns findings about a broken image; it does not throw because of them
 * @throws UnsupportedFeatureError when the image uses what cannot be judged here
 */
export async function checkImage(
  source: BlockSource,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const findings = new Findings(options.maxFindings ?? DEFAULT_MAX_FINDINGS);
  const summary: CheckSummary = {
    countInodes: 0,
    countFiles: 0,
    countFolders: 0,
    countSymlinks: 0,
    countSpecial: 0,
    countEntries: 0,
    countXattrBlocks: 0,
    countBlocks: 0,
    countFreeBlocks: 0,
  };
  const replay = await settle(check(source, options, findings, summary));
  const { kept, count } = findings;
  return { isSound: count === 0, findings: kept, countFindings: count, ...replay, summary };
}

/** @returns What became of the journal. */
function* check(
  source: BlockSource,
  options: CheckOptions,
  findings: Findings,
  summary: CheckSummary,
): Reading<Pick<CheckReport, "wasReplayed" | "dropped">> {
  const opened = yield* findings.attempt(openVolume(source, { cacheBytes: 8 << 20 }));
  if (opened === undefined) return { wasReplayed: false };
  const state = stateOf(opened, options, findings, summary);
  const { geometry, groups } = state.volume;
  summary.countBlocks = geometry.countBlocks;
  checkErrorState(state);
  yield* checkSuperblocks(state);
  yield* checkDescriptorCopies(state);
  for (let group = 0; group < geometry.countGroups; group++) {
    const info = yield* groups.load(group as GroupNumber);
    checkDescriptorFlags(state, info);
    claimSystemBlocks(state, info);
  }
  yield* findings.attempt(checkMmpBlock(state));
  yield* findings.attempt(checkJournal(state));
  yield* findings.attempt(checkOrphanFile(state));
  const countFreeInodes = yield* eachGroup(state, (info) => checkInodeTable(state, info));
  checkLinks(state, namelessInodes(state));
  checkReferenceCounts(state);
  yield* findings.attempt(state.contents.check(state.volume, findings));
  const wasReplayed = opened.journal === "replayed";
  yield* checkQuotas(state, !wasReplayed);
  const countFreeClusters = yield* eachGroup(state, (info) => checkBlockBitmap(state, info));
  summary.countFreeBlocks = countFreeClusters * geometry.blocksPerCluster;
  // While an image is mounted the kernel keeps the totals elsewhere, and counts anew at a mount.
  const hasTotals = !wasReplayed && geometry.raw.s_state === STATE_CLEAN;
  if (hasTotals) checkTotals(state, countFreeInodes, summary.countFreeBlocks);
  return { wasReplayed, ...(opened.dropped === undefined ? {} : { dropped: opened.dropped }) };
}

function stateOf(
  { volume }: OpenVolume,
  options: CheckOptions,
  findings: Findings,
  summary: CheckSummary,
): CheckState {
  return {
    volume,
    findings,
    summary,
    isExact: options.exact ?? looksUntouched(volume.geometry),
    pause: options.pause ?? (() => undefined),
    used: new UsedBlocks(volume.geometry),
    contents: new SharedContents(),
    columns: new InodeColumns(),
    xattrBlocks: new XattrBlockUses(),
    eaInodes: new EaInodeUses(),
    quotas: new QuotaUsages(volume.geometry),
  };
}

function* eachGroup(
  state: CheckState,
  checkGroup: (info: GroupInfo) => Reading<number>,
): Reading<number> {
  const { groups, geometry } = state.volume;
  let sum = 0;
  for (let group = 0; group < geometry.countGroups; group++) {
    sum += yield* checkGroup(yield* groups.load(group as GroupNumber));
  }
  return sum;
}

/** That an image was not unmounted is not damage; that the kernel found errors is. */
function checkErrorState({ findings, volume, isExact }: CheckState): void {
  const { s_state, s_last_orphan } = volume.geometry.raw;
  const isFine = isExact ? s_state === STATE_CLEAN : (s_state & STATE_ERRORS) === 0;
  if (isFine && s_last_orphan === 0) return;
  const why = "errors were found in the image, or files were being removed from it";
  findings.report("state", "ext4_super_block", why, { s_state, s_last_orphan });
}

/** Inodes in use that no folder names. */
function namelessInodes({ volume, eaInodes }: CheckState): (inode: number) => boolean {
  const { raw, firstInode } = volume.geometry;
  const special = new Set([
    raw.s_orphan_file_inum,
    raw.s_journal_inum,
    raw.s_usr_quota_inum,
    raw.s_grp_quota_inum,
    raw.s_prj_quota_inum,
  ]);
  return (inode) =>
    (inode < firstInode && inode !== 2) || special.has(inode) || eaInodes.hasClaim(inode);
}

function checkReferenceCounts({ findings, eaInodes, xattrBlocks }: CheckState): void {
  for (const [block, missing] of xattrBlocks.missing()) {
    findings.report("xattr-refcount", "ext4_xattr_header", "fewer inodes use it than h_refcount", {
      block,
      missing,
    });
  }
  for (const [inode, uses, claimed] of eaInodes.mismatches()) {
    findings.report("ea-inode-refcount", "ea_inode", "its reference count is wrong", {
      inode,
      uses,
      claimed,
    });
  }
}

/** The superblock counts blocks, where group descriptors count clusters. */
function checkTotals(state: CheckState, countFreeInodes: number, countFreeBlocks: number): void {
  const { geometry } = state.volume;
  const { raw } = geometry;
  const high = geometry.wide ? raw.s_free_blocks_count_hi & 0xffff : 0;
  const stored = joinHiLo(high, raw.s_free_blocks_count_lo);
  if (raw.s_free_inodes_count === countFreeInodes && stored === countFreeBlocks) return;
  state.findings.report(
    "superblock-counts",
    "ext4_super_block",
    "the counts of what is free are wrong",
    {
      s_free_inodes_count: raw.s_free_inodes_count,
      countFreeInodes,
      s_free_blocks_count: stored,
      countFreeBlocks,
    },
  );
}
