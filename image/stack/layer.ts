/**
 * A layer of a stack: an image that is open, and where its inodes are counted in the stack.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { FileSystem } from "../../ext4/reader/file_system.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import type { ContentRecord } from "../content_record.ts";

/** An image that is open. */
export interface OpenFiles {
  readonly files: FileSystem;
  readonly source: HostBlockSource;
  /** Where it was found; missing where a program handed its bytes in. */
  readonly location?: string;
}

/** The same, with the header of its record. */
export interface OpenLayer extends OpenFiles {
  readonly record: ContentRecord;
}

/** One of several, or alone. */
export interface Numbered {
  /** What is added to its inode numbers: those of different layers must not be the same. */
  readonly offset: number;
}

/** One of a stack. */
export interface Layer extends OpenLayer, Numbered {}

/** Numbers the inodes of all layers: those of the lowest stay, and each above goes on behind it. */
export function numberLayers<Open extends OpenFiles>(
  topmostFirst: readonly Open[],
): (Open & Numbered)[] {
  let offset = 0;
  const layers = topmostFirst.toReversed().map((layer) => {
    const numbered = { ...layer, offset };
    offset += layer.files.info.countInodes;
    return numbered;
  });
  return layers.reverse();
}

/** The layer that an inode of the stack is in. */
export function layerOf<Layer extends Numbered>(
  layers: readonly Layer[],
  number: InodeNumber,
): Layer {
  let [low, high] = [0, layers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (number > layers[middle]!.offset) high = middle;
    else low = middle + 1;
  }
  return layers[low]!;
}

/** The number of an inode in its layer. */
export function inLayer(layer: Numbered, number: InodeNumber): InodeNumber {
  return number - layer.offset as InodeNumber;
}

/**
 * Gives metadata that was just read the number that its inode has in the stack.
 * @param stat nobody else's, so that it may be changed: there are many
 */
export function inStack(layer: Layer, stat: Stat): Stat {
  const own: { -readonly [K in keyof Stat]: Stat[K] } = stat;
  if (layer.offset !== 0) own.inode = stat.inode + layer.offset as InodeNumber;
  return own;
}
