/**
 * The source of a layer, as the steps behind `since` find it: the layer's tree over the files of the
 * scanned source.
 * @module
 */

import type { RecordBase } from "../../ext4/record.ts";
import {
  nameOf,
  parentOf,
  type TimeColumn,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import type { LayerTree } from "./layer_tree.ts";

/** Makes it. Closing it closes the scanned source. */
export function layerSource(
  scanned: ScannedSource,
  { tree, sourceRow }: LayerTree,
  base: RecordBase,
): ScannedSource {
  const rowOf = (inode: TreeInode): TreeInode => {
    const row = sourceRow[inode]!;
    if (row < 0) throw new Error("icecore bug: a mark of a layer is asked for as a file.");
    return row as TreeInode;
  };
  const pathOf = (inode: TreeInode): string => {
    if (sourceRow[inode]! >= 0) return scanned.pathOf(rowOf(inode));
    const name = printable(nameOf(tree, tree.nameEntry[inode]! as TreeEntry));
    return `${pathOf(parentOf(tree, inode))}/${name}`;
  };
  return {
    tree,
    base,
    ...(scanned.ctime && { ctime: selected(scanned.ctime, sourceRow) }),
    pathOf,
    folder: (inode) => scanned.folder(rowOf(inode)),
    open: (inode) => scanned.open(rowOf(inode)),
    ...(scanned.atOnce && {
      atOnce: {
        open: (inode) => scanned.atOnce!.open(rowOf(inode)),
        changeOf: (inode, file, expected) => scanned.atOnce!.changeOf(rowOf(inode), file, expected),
      },
    }),
    ...(scanned.ahead && {
      ahead: { ...scanned.ahead, placeOf: (inode) => scanned.ahead!.placeOf(rowOf(inode)) },
    }),
    ...(scanned.isPublic === undefined ? {} : { isPublic: scanned.isPublic }),
    close: () => scanned.close(),
  };
}

/** A mark has no time of its own: that of the first row is as good as any. */
function selected({ seconds, nanoseconds }: TimeColumn, rows: Int32Array): TimeColumn {
  return {
    seconds: Float64Array.from(rows, (row) => seconds[Math.max(row, 0)]!),
    nanoseconds: Uint32Array.from(rows, (row) => nanoseconds[Math.max(row, 0)]!),
  };
}
