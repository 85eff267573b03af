/**
 * The group descriptors, read on demand; a few hundred of them are remembered.
 * @module
 */

import type { GroupNumber } from "../../numbers.ts";
import type { BlockCache } from "../bytes/block_cache.ts";
import type { Reading } from "../reading.ts";
import type { Geometry } from "./geometry.ts";
import { type GroupInfo, parseGroupDescriptor } from "./group_descriptor.ts";
import { descriptorBlock, descriptorsPerBlock } from "./group_layout.ts";

const MAX_REMEMBERED = 1024;

/** Looks descriptors up. */
export class GroupTable {
  readonly #geometry: Geometry;
  readonly #cache: BlockCache;
  readonly #remembered = new Map<GroupNumber, GroupInfo>();

  constructor(geometry: Geometry, cache: BlockCache) {
    this.#geometry = geometry;
    this.#cache = cache;
  }

  /** A descriptor that is remembered, or `undefined`. */
  peek(group: GroupNumber): GroupInfo | undefined {
    return this.#remembered.get(group);
  }

  /**
   * The descriptor of a group below `countGroups`.
   * @throws CorruptImageError when checksum or ranges are wrong
   */
  *load(group: GroupNumber): Reading<GroupInfo> {
    const known = this.#remembered.get(group);
    if (known !== undefined) return known;
    const geometry = this.#geometry;
    const block = descriptorBlock(geometry, group);
    const bytes = yield* this.#cache.load(block * geometry.blockSizeBytes, geometry.blockSizeBytes);
    const index = group % descriptorsPerBlock(geometry);
    const info = parseGroupDescriptor(
      geometry,
      group,
      bytes,
      index * geometry.descriptorSizeBytes,
    );
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(group, info);
    return info;
  }
}
