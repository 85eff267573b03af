/**
 * A damaged image, for those who would rather have the rest than nothing: where the first
 * superblock or a block of group descriptors is broken, a copy of it is read instead.
 * @module
 */

import { CorruptImageError } from "../../image_errors.ts";
import type { GroupNumber } from "../../numbers.ts";
import { SUPERBLOCK, SUPERBLOCK_OFFSET_BYTES } from "../../structs/superblock.ts";
import type { BlockSource } from "../bytes/block_source.ts";
import { readBytes } from "../bytes/read_bytes.ts";
import { descriptorCopies } from "../layout/descriptor_copies.ts";
import { type Geometry, parseGeometry } from "../layout/geometry.ts";
import { parseGroupDescriptor } from "../layout/group_descriptor.ts";
import {
  countDescriptorBlocks,
  descriptorBlock,
  descriptorsPerBlock,
} from "../layout/group_layout.ts";
import type { OnBroken } from "../leave_out.ts";
import type { Reading } from "../reading.ts";
import { type ReadBytes, rebuildDescriptors } from "./rebuilt_descriptors.ts";
import { asFirstSuperblock, findSuperblockCopy, uncheckedSuperblock } from "./superblock_copy.ts";

/** Bytes to be read in place of those at an offset. */
type Patches = Map<number, Uint8Array>;

/**
 * Lays what is sound over what is broken.
 * @param onBroken receives what is broken and has a sound copy
 * @throws CorruptImageError when the superblock is broken and has no sound copy
 */
export function* mendedSource(source: BlockSource, onBroken: OnBroken): Reading<BlockSource> {
  if (source.sizeBytes < SUPERBLOCK_OFFSET_BYTES + SUPERBLOCK.sizeBytes) return source;
  const patches: Patches = new Map();
  const geometry = yield* mendSuperblock(source, patches, onBroken);
  yield* mendDescriptors(source, geometry, patches, onBroken);
  return patches.size === 0 ? source : patchedSource(source, patches);
}

function* mendSuperblock(
  source: BlockSource,
  patches: Patches,
  onBroken: OnBroken,
): Reading<Geometry> {
  const bytes = yield* readBytes(source, SUPERBLOCK_OFFSET_BYTES, SUPERBLOCK.sizeBytes);
  try {
    return parseGeometry(bytes);
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    const copy = yield* findSuperblockCopy(source);
    if (copy === undefined) {
      const read: ReadBytes = (offset, sizeBytes) => readBytes(source, offset, sizeBytes);
      const unchecked = yield* uncheckedSuperblock(bytes, read);
      if (unchecked === undefined) throw error;
      patches.set(SUPERBLOCK_OFFSET_BYTES, unchecked);
      onBroken(withMore(error, "It has no copy, and is used unchecked."), undefined);
      return parseGeometry(unchecked);
    }
    const first = asFirstSuperblock(copy.bytes);
    patches.set(SUPERBLOCK_OFFSET_BYTES, first);
    onBroken(withMore(error, `Its copy in block ${copy.block} is read instead.`), undefined);
    return parseGeometry(first);
  }
}

function* mendDescriptors(
  source: BlockSource,
  geometry: Geometry,
  patches: Patches,
  onBroken: OnBroken,
): Reading<void> {
  const { blockSizeBytes } = geometry;
  for (let index = 0; index < countDescriptorBlocks(geometry); index++) {
    const first = index * descriptorsPerBlock(geometry) as GroupNumber;
    const offset = descriptorBlock(geometry, first) * blockSizeBytes;
    const bytes = yield* readBytes(source, offset, blockSizeBytes);
    const error = faultOf(geometry, index, bytes);
    if (error === undefined) continue;
    const better = (yield* soundCopy(source, geometry, index)) ??
      (yield* rebuiltCopy(source, geometry, index, bytes));
    if (better === undefined) continue;
    patches.set(offset, better.bytes);
    onBroken(withMore(error, better.what), undefined);
  }
}

/** Bytes to be read instead, and a sentence on them. */
interface Better {
  readonly bytes: Uint8Array;
  readonly what: string;
}

function* soundCopy(
  source: BlockSource,
  geometry: Geometry,
  index: number,
): Reading<Better | undefined> {
  const { blockSizeBytes } = geometry;
  for (const block of descriptorCopies(geometry, index)) {
    const bytes = yield* readBytes(source, block * blockSizeBytes, blockSizeBytes);
    if (faultOf(geometry, index, bytes) !== undefined) continue;
    return { bytes, what: `Its copy in block ${block} is read instead.` };
  }
  return undefined;
}

function* rebuiltCopy(
  source: BlockSource,
  geometry: Geometry,
  index: number,
  broken: Uint8Array,
): Reading<Better | undefined> {
  const read = (offset: number, sizeBytes: number) => readBytes(source, offset, sizeBytes);
  const rebuilt = yield* rebuildDescriptors(geometry, index, broken, read);
  if (rebuilt === undefined) return undefined;
  const tables = rebuilt.inodeTables.slice(0, 3).join(", ");
  const more = rebuilt.inodeTables.length > 3 ? ", …" : "";
  return {
    bytes: rebuilt.bytes,
    what: `The inodes are read from block ${tables}${more}, unchecked.`,
  };
}

/** What is wrong with a block of descriptors, if anything. */
function faultOf(
  geometry: Geometry,
  index: number,
  bytes: Uint8Array,
): CorruptImageError | undefined {
  const perBlock = descriptorsPerBlock(geometry);
  const start = index * perBlock;
  const end = Math.min(start + perBlock, geometry.countGroups);
  try {
    for (let group = start; group < end; group++) {
      const at = (group - start) * geometry.descriptorSizeBytes;
      parseGroupDescriptor(geometry, group as GroupNumber, bytes, at);
    }
  } catch (error) {
    if (error instanceof CorruptImageError) return error;
    throw error;
  }
  return undefined;
}

function withMore(error: CorruptImageError, more: string): CorruptImageError {
  const { code, structure, message, fields } = error;
  return new CorruptImageError(code, structure, `${message} ${more}`, fields, { cause: error });
}

function patchedSource(source: BlockSource, patches: Patches): BlockSource {
  const patch = (offset: number, into: Uint8Array) => {
    for (const [at, bytes] of patches) {
      const start = Math.max(at, offset);
      const end = Math.min(at + bytes.length, offset + into.length);
      if (start < end) into.set(bytes.subarray(start - at, end - at), start - offset);
    }
  };
  return {
    sizeBytes: source.sizeBytes,
    read(offset, into) {
      const wait = source.read(offset, into);
      return wait === undefined ? patch(offset, into) : wait.then(() => patch(offset, into));
    },
  };
}
