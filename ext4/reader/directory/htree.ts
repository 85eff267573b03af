/**
 * The index of a large folder: from the hash of a name to the blocks that can hold it.
 *
 * Source: kernel fs/ext4/namei.c `dx_probe`, `ext4_htree_next_block`.
 * @module
 */

import type { HashVersion } from "../../dirhash.ts";
import { HASH_TEA, HASH_UNSIGNED } from "../../dirhash.ts";
import type { FileBlock } from "../../numbers.ts";
import { DX_COUNT_LIMIT, DX_ENTRY, DX_NODE, DX_ROOT, DX_TAIL } from "../../structs/htree.ts";
import type { FileData } from "../contents/file_data.ts";
import { corrupt } from "../corrupt.ts";
import { hasFlag, type Inode } from "../inode/inode.ts";
import { type Geometry, hasIncompat } from "../layout/geometry.ts";
import { u16At, u32At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { verifyDirectoryBlock } from "./directory_block.ts";

/** One verified index block. */
export interface IndexNode {
  readonly bytes: Uint8Array;
  readonly entriesAt: number;
  readonly limit: number;
  readonly count: number;
}

/** The root of an index. */
export interface IndexRoot extends IndexNode {
  readonly hashVersion: HashVersion;
  /** Levels of inner nodes below the root. */
  readonly countLevels: number;
}

/** The hash an entry begins at; the first entry begins at 0, its field holding limit and count. */
export function indexHash(node: IndexNode, index: number): number {
  return index === 0 ? 0 : u32At(node.bytes, node.entriesAt + DX_ENTRY.sizeBytes * index);
}

/** The file block an entry points to; the upper 4 bits are reserved. */
export function indexBlock(node: IndexNode, index: number): FileBlock {
  const block = u32At(node.bytes, node.entriesAt + DX_ENTRY.sizeBytes * index + 4);
  return (block & 0x0fff_ffff) as FileBlock;
}

/**
 * The root of a folder's index.
 * @returns `undefined` when the folder has none, or one whose hash is not known
 * @throws CorruptImageError when it is broken
 */
export function* loadIndexRoot(
  volume: Volume,
  folder: Inode,
  data: FileData,
): Reading<IndexRoot | undefined> {
  if (!hasFlag(folder, "index") || hasFlag(folder, "casefold")) return undefined;
  const { geometry } = volume;
  const bytes = yield* loadIndexBlock(volume, folder, data, 0 as FileBlock);
  const raw = DX_ROOT.decode(bytes);
  if (raw.hash_version > HASH_TEA) return undefined;
  const mostLevels = hasIncompat(geometry, "large_dir") ? 2 : 1;
  if (raw.info_length !== 8 || raw.reserved_zero !== 0 || raw.indirect_levels > mostLevels) {
    throw corrupt("index-root", "dx_root_info", "its fields are out of range", {
      inode: folder.number,
      info_length: raw.info_length,
      indirect_levels: raw.indirect_levels,
    });
  }
  const version = raw.hash_version + (geometry.unsignedHash ? HASH_UNSIGNED : 0);
  return {
    ...parseIndexNode(geometry, folder, bytes, DX_ROOT.sizeBytes),
    hashVersion: version as HashVersion,
    countLevels: raw.indirect_levels,
  };
}

/**
 * An inner node.
 * @throws CorruptImageError when it is broken, or no inner node
 */
export function* loadIndexNode(
  volume: Volume,
  folder: Inode,
  data: FileData,
  fileBlock: FileBlock,
): Reading<IndexNode> {
  const bytes = yield* loadIndexBlock(volume, folder, data, fileBlock);
  return parseIndexNode(volume.geometry, folder, bytes, DX_NODE.sizeBytes);
}

function* loadIndexBlock(
  volume: Volume,
  folder: Inode,
  data: FileData,
  fileBlock: FileBlock,
): Reading<Uint8Array> {
  const isInside = fileBlock * volume.geometry.blockSizeBytes < folder.sizeBytes;
  const bytes = isInside ? yield* data.block(fileBlock) : undefined;
  const kind = bytes && verifyDirectoryBlock(volume.geometry, folder, fileBlock, bytes);
  if (bytes === undefined || kind !== (fileBlock === 0 ? "index-root" : "index-node")) {
    throw corrupt("index-block", "dx_node", "the block of the index is not part of it", {
      inode: folder.number,
      fileBlock,
    });
  }
  return bytes;
}

function parseIndexNode(
  geometry: Geometry,
  folder: Inode,
  bytes: Uint8Array,
  entriesAt: number,
): IndexNode {
  const limit = u16At(bytes, entriesAt + DX_COUNT_LIMIT.offsets.limit);
  const count = u16At(bytes, entriesAt + DX_COUNT_LIMIT.offsets.count);
  const tail = geometry.metadataChecksums ? DX_TAIL.sizeBytes : 0;
  const expected = Math.floor((bytes.length - entriesAt - tail) / DX_ENTRY.sizeBytes);
  if (limit !== expected || count === 0 || count > limit) {
    throw corrupt("index-limit", "dx_countlimit", "limit or count is out of range", {
      inode: folder.number,
      limit,
      count,
      expected,
    });
  }
  const node: IndexNode = { bytes, entriesAt, limit, count };
  for (let i = 1; i < count; i++) {
    if (indexHash(node, i) < indexHash(node, i - 1)) {
      throw corrupt("index-order", "dx_entry", "the hashes are not in order", {
        inode: folder.number,
        entry: i,
      });
    }
  }
  return node;
}
