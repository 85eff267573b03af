/**
 * Checks one inode in use, and all that belongs to it.
 * @module
 */

import { BAD_BLOCKS_INODE, type FileBlock, ROOT_INODE } from "../numbers.ts";
import { FileData } from "../reader/contents/file_data.ts";
import { inlineParts } from "../reader/contents/inline_data.ts";
import { hasFlag, type Inode, isInline, isType } from "../reader/inode/inode.ts";
import { hasInodeXattrs } from "../reader/inode/xattr_sets.ts";
import { isZero, u32At } from "../reader/little_endian.ts";
import { isFastLink, loadLinkTarget } from "../reader/metadata/link_target.ts";
import { allocatedBytes, requireSoundTimes } from "../reader/metadata/stat.ts";
import type { Reading } from "../reader/reading.ts";
import { fileTypeOfMode } from "../structs/directory.ts";
import { INODE } from "../structs/inode.ts";
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "../tree.ts";
import type { CheckState } from "./check_state.ts";
import { claimFileBlocks, claimOfRoot, type FileBlocks, mayShareBlocks } from "./file_blocks.ts";
import { checkFolder } from "./folder_check.ts";
import { checkInodeFields } from "./inode_fields_check.ts";
import { checkResizeInode, RESIZE_INODE } from "./resize_inode_check.ts";
import { checkXattrs } from "./xattr_check.ts";

const STRUCTURE = "ext4_inode";

/**
 * Checks an inode that is in use.
 * @throws CorruptImageError when it is broken
 */
export function* checkInode(state: CheckState, inode: Inode): Reading<void> {
  const { volume, columns, findings } = state;
  const { geometry } = volume;
  checkInodeFields(state, inode);
  if (inode.number === RESIZE_INODE) {
    yield* checkResizeInode(state, inode);
    return;
  }
  const page = columns.page(inode.number);
  const row = columns.row(inode.number);
  page.type[row] = fileTypeOfMode(inode.mode);
  page.links[row] = inode.countLinks;
  const isNameless = inode.number < geometry.firstInode && inode.number !== ROOT_INODE;
  if (page.type[row] === 0 && !isNameless) {
    findings.report("inode-type", STRUCTURE, "i_mode has no type of file", { inode: inode.number });
    return;
  }
  if (page.type[row] !== 0) {
    count(state, inode);
    requireSoundTimes(inode);
  }
  state.quotas.add(inode);
  if (isInline(geometry, inode)) checkInlineSize(state, inode);

  const hasXattrs = inode.xattrBlock !== 0 || hasInodeXattrs(inode);
  let clusters = hasXattrs ? yield* checkXattrs(state, inode) : 0;
  if (hasMap(state, inode)) {
    const blocks = claimOfRoot(state, inode) ?? (yield* claimFileBlocks(state, inode));
    clusters += blocks.countClusters;
    if (mayShareBlocks(volume, inode)) state.contents.add(inode, blocks);
    const sizeBlocks = Math.ceil(inode.sizeBytes / geometry.blockSizeBytes);
    const isFolder = isType(inode, S_IFDIR);
    const isTooLong = state.isExact
      ? blocks.endBlock > sizeBlocks
      : isWrittenBehindEnd(inode, blocks, geometry.blockSizeBytes);
    if (
      (isTooLong && !isNameless) ||
      (isFolder && (blocks.endBlock !== sizeBlocks || blocks.countMapped !== sizeBlocks))
    ) {
      findings.report("inode-size", STRUCTURE, "i_size does not fit the blocks of the file", {
        inode: inode.number,
        i_size: inode.sizeBytes,
        endBlock: blocks.endBlock,
      });
    }
    const isOwn = isType(inode, S_IFLNK) || hasFlag(inode, "ea_inode");
    if (state.isExact && isOwn) yield* checkSlack(state, inode);
  }
  const expected = clusters * geometry.blocksPerCluster * geometry.blockSizeBytes;
  const allocated = allocatedBytes(geometry, inode);
  if (allocated !== expected && inode.number !== BAD_BLOCKS_INODE) {
    findings.report("inode-blocks", STRUCTURE, "i_blocks does not fit the blocks of the file", {
      inode: inode.number,
      allocatedBytes: allocated,
      expected,
    });
  }
  if (hasFlag(inode, "ea_inode")) state.eaInodes.claim(inode.number, refcountOf(inode));
  if (isType(inode, S_IFDIR)) yield* checkFolder(state, inode);
  if (isType(inode, S_IFLNK) && !hasFlag(inode, "encrypt")) yield* loadLinkTarget(volume, inode);
}

function count({ summary }: CheckState, inode: Inode): void {
  summary.countInodes++;
  switch (inode.mode & S_IFMT) {
    case S_IFREG:
      summary.countFiles++;
      break;
    case S_IFDIR:
      summary.countFolders++;
      break;
    case S_IFLNK:
      summary.countSymlinks++;
      break;
    default:
      summary.countSpecial++;
  }
}

function hasMap({ volume }: CheckState, inode: Inode): boolean {
  if (isInline(volume.geometry, inode)) return false;
  if (inode.number === BAD_BLOCKS_INODE) return true;
  if (isType(inode, S_IFLNK)) return !isFastLink(volume, inode);
  return isType(inode, S_IFREG) || isType(inode, S_IFDIR);
}

/** Inline contents have an attribute, if only an empty one; a folder fills what it has. */
function checkInlineSize({ findings }: CheckState, inode: Inode): void {
  const { field, rest, hasAttribute } = inlineParts(inode);
  if (!hasAttribute) {
    const why = "it has inline contents, and no attribute for the rest of them";
    findings.report("inline-data", STRUCTURE, why, { inode: inode.number });
  } else if (isType(inode, S_IFDIR) && inode.sizeBytes !== field.length + rest.length) {
    findings.report("inode-size", STRUCTURE, "i_size is not that of the inline folder", {
      inode: inode.number,
      i_size: inode.sizeBytes,
      expected: field.length + rest.length,
    });
  }
}

/**
 * Blocks behind the end of a file may be reserved by fallocate, and hold nothing; one that was
 * written is tolerated, as by e2fsck; and the hashes of fs-verity lie there.
 */
function isWrittenBehindEnd(
  inode: Inode,
  { endOfWritten }: FileBlocks,
  blockSizeBytes: number,
): boolean {
  return !hasFlag(inode, "verity") && inode.sizeBytes < (endOfWritten - 1) * blockSizeBytes;
}

/** Of what is not a plain file, icecore leaves zero what lies behind the end of the contents. */
function* checkSlack(state: CheckState, inode: Inode): Reading<void> {
  const { blockSizeBytes } = state.volume.geometry;
  const end = inode.sizeBytes % blockSizeBytes;
  if (end === 0) return;
  const data = yield* FileData.open(state.volume, inode);
  const bytes = yield* data.block(Math.floor(inode.sizeBytes / blockSizeBytes) as FileBlock);
  if (bytes === undefined || isZero(bytes, end)) return;
  const what = hasFlag(inode, "ea_inode") ? "ea_inode" : "symbolic link";
  state.findings.report("slack", what, "the bytes behind the contents are not zero", {
    inode: inode.number,
  });
}

/** Where an inode holds an attribute, its version and its time of change are a reference count. */
function refcountOf(inode: Inode): number {
  const { l_i_version, i_ctime } = INODE.offsets;
  return u32At(inode.bytes, i_ctime) * 0x1_0000_0000 + u32At(inode.bytes, l_i_version);
}
