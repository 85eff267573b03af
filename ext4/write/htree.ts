/**
 * The blocks of a folder with an index: root, top nodes, nodes, leaves.
 * @module
 */

import { indexChecksum, inodeSeed } from "../checksums.ts";
import { HASH_HALF_MD4 } from "../dirhash.ts";
import type { InodeNumber } from "../numbers.ts";
import type { IndexedFolder } from "../plan/folder_leaves.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { indexNodeLimit, indexRootLimit } from "../plan/index_shape.ts";
import { dirEntrySizeBytes, FILE_TYPE } from "../structs/directory.ts";
import { DX_COUNT_LIMIT, DX_ENTRY, DX_NODE, DX_ROOT, DX_TAIL } from "../structs/htree.ts";
import type { DirectoryWriter } from "./directory_block.ts";

/** `info_length` of the root. */
const INFO_LENGTH = 8;

/** Writes one block of the folder at an offset of the buffer. */
export type WriteBlock = (at: number) => void;

/** Functions that write the blocks of a folder, in their order, into `buffer`. */
export function* indexedFolderBlocks(
  plan: ImagePlan,
  buffer: Uint8Array,
  writer: DirectoryWriter,
  folder: IndexedFolder,
  number: number,
  parent: number,
): Generator<WriteBlock> {
  const { blockSizeBytes } = plan;
  const { shape, leafHash, leafStart, order } = folder;
  const { countTopNodes, countNodes, levels } = shape;
  const rootLimit = indexRootLimit(blockSizeBytes);
  const nodeLimit = indexNodeLimit(blockSizeBytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const seed = inodeSeed(plan.seed, number as InodeNumber, 0);
  const firstNode = 1 + countTopNodes;
  const firstLeaf = firstNode + countNodes;

  /** @param leavesPerEntry leaves below each full entry */
  function writeIndex(
    at: number,
    entriesOffset: number,
    limit: number,
    firstBlock: number,
    firstEntry: number,
    count: number,
    leavesPerEntry: number,
  ): void {
    const entries = at + entriesOffset;
    for (let i = 0; i < count; i++) {
      const entry = entries + i * DX_ENTRY.sizeBytes;
      const hash = leafHash[(firstEntry + i) * leavesPerEntry]!;
      view.setUint32(entry + DX_ENTRY.offsets.hash, hash, true);
      view.setUint32(entry + DX_ENTRY.offsets.block, firstBlock + firstEntry + i, true);
    }
    view.setUint16(entries + DX_COUNT_LIMIT.offsets.limit, limit, true);
    view.setUint16(entries + DX_COUNT_LIMIT.offsets.count, count, true);
    const checksum = indexChecksum(seed, buffer, at, entriesOffset, limit, count);
    const tail = entries + limit * DX_ENTRY.sizeBytes;
    view.setUint32(tail + DX_TAIL.offsets.dt_checksum, checksum, true);
  }

  function* nodes(
    countNodes: number,
    firstBlock: number,
    countEntries: number,
    leavesPerEntry: number,
  ): Generator<WriteBlock> {
    for (let node = 0; node < countNodes; node++) {
      const first = node * nodeLimit;
      const count = Math.min(nodeLimit, countEntries - first);
      yield (at) => {
        DX_NODE.encodeInto(buffer, at, { fake_rec_len: blockSizeBytes });
        writeIndex(at, DX_NODE.sizeBytes, nodeLimit, firstBlock, first, count, leavesPerEntry);
      };
    }
  }

  const countLeaves = leafHash.length;
  yield (at) => {
    writeRootHead(buffer, at, blockSizeBytes, number, parent, levels);
    const [count, firstBlock, leavesPerEntry] = levels === 0
      ? [countLeaves, firstLeaf, 1]
      : levels === 1
      ? [countNodes, firstNode, nodeLimit]
      : [countTopNodes, 1, nodeLimit * nodeLimit];
    writeIndex(at, DX_ROOT.sizeBytes, rootLimit, firstBlock, 0, count, leavesPerEntry);
  };
  yield* nodes(countTopNodes, firstNode, countNodes, nodeLimit);
  yield* nodes(countNodes, firstLeaf, countLeaves, 1);
  for (let leaf = 0; leaf < countLeaves; leaf++) {
    yield (at) => writer.block(at, number, 0, order, leafStart[leaf]!, leafStart[leaf + 1]!);
  }
}

function writeRootHead(
  buffer: Uint8Array,
  at: number,
  blockSizeBytes: number,
  number: number,
  parent: number,
  levels: number,
): void {
  DX_ROOT.encodeInto(buffer, at, {
    dot_inode: number,
    dot_rec_len: dirEntrySizeBytes(1),
    dot_name_len: 1,
    dot_file_type: FILE_TYPE.directory,
    dot_name: Uint8Array.of(0x2e),
    dotdot_inode: parent,
    dotdot_rec_len: blockSizeBytes - dirEntrySizeBytes(1),
    dotdot_name_len: 2,
    dotdot_file_type: FILE_TYPE.directory,
    dotdot_name: Uint8Array.of(0x2e, 0x2e),
    hash_version: HASH_HALF_MD4,
    info_length: INFO_LENGTH,
    indirect_levels: levels,
  });
}
