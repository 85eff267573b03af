/**
 * How many index blocks a folder of a given number of leaves needs.
 * @module
 */

import { DX_ENTRY, DX_NODE, DX_ROOT, DX_TAIL } from "../structs/htree.ts";

/** Blocks of an index, which lie in this order: root, top nodes, nodes, leaves. */
export interface IndexShape {
  /** Nodes right below the root in a tree of three levels; else 0. */
  readonly countTopNodes: number;
  /** Nodes right above the leaves; 0 when the root points to the leaves. */
  readonly countNodes: number;
  /** `indirect_levels`. */
  readonly levels: 0 | 1 | 2;
}

/** Index entries that fit into the root. */
export function indexRootLimit(blockSizeBytes: number): number {
  return (blockSizeBytes - DX_ROOT.sizeBytes - DX_TAIL.sizeBytes) / DX_ENTRY.sizeBytes;
}

/** Index entries that fit into an inner node. */
export function indexNodeLimit(blockSizeBytes: number): number {
  return (blockSizeBytes - DX_NODE.sizeBytes - DX_TAIL.sizeBytes) / DX_ENTRY.sizeBytes;
}

/** @returns `undefined` when three levels do not suffice */
export function indexShapeOf(countLeaves: number, blockSizeBytes: number): IndexShape | undefined {
  const inRoot = indexRootLimit(blockSizeBytes);
  const inNode = indexNodeLimit(blockSizeBytes);
  if (countLeaves <= inRoot) return { countTopNodes: 0, countNodes: 0, levels: 0 };
  const countNodes = Math.ceil(countLeaves / inNode);
  if (countNodes <= inRoot) return { countTopNodes: 0, countNodes, levels: 1 };
  const countTopNodes = Math.ceil(countNodes / inNode);
  if (countTopNodes <= inRoot) return { countTopNodes, countNodes, levels: 2 };
  return undefined;
}
