/**
 * Folders that seem to have another name now: a layer has no way to say so, and stores all in them
 * again.
 * @module
 */

import { createHash } from "node:crypto";
import {
  hasType,
  nameOf,
  NO_ENTRY,
  parentOf,
  S_IFDIR,
  S_IFREG,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import type { BaseEntry } from "./base_image.ts";
import { CHANGE, type Changes } from "./changes.ts";

/** One of them. */
export interface RenamedFolder {
  /** Its path in the source before, and now. */
  readonly from: string;
  readonly to: string;
  /** Of the files below it, which are stored again. */
  readonly sizeBytes: number;
}

/** New folders that hold just what one that is gone held: names, sizes and times of modification. */
export function renamedFolders(changes: Changes, source: ScannedSource): RenamedFolder[] {
  const { tree } = source;
  const gone = new Map<string, string>();
  for (const { parent, name, entries } of changes.goneFolders) {
    if (entries.length === 0) continue;
    gone.set(keyOf(entries.map(lineOfEntry)), `${source.pathOf(parent)}/${printable(name)}`);
  }
  if (gone.size === 0) return [];
  const found: RenamedFolder[] = [];
  for (let row = 1 as TreeInode; row < tree.countInodes; row++) {
    const isNew = hasType(tree, row, S_IFDIR) && changes.change[row] === CHANGE.new;
    if (!isNew || changes.change[parentOf(tree, row)] === CHANGE.new) continue;
    if (tree.nameEntry[row] === NO_ENTRY || tree.countChildren[row] === 0) continue;
    const from = gone.get(keyOf(linesOf(tree, row)));
    if (from === undefined) continue;
    found.push({ from, to: source.pathOf(row), sizeBytes: sizeBelow(tree, row) });
  }
  return found;
}

function keyOf(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** Of a folder the name alone counts: its time moves with what lies in it. */
function lineOfEntry({ name, stat }: BaseEntry): string {
  const { kind, sizeBytes, mtime: { seconds, nanoseconds } } = stat;
  return kind === "file"
    ? `${name.join()} ${sizeBytes} ${seconds} ${nanoseconds}`
    : `${name.join()} ${kind === "folder"}`;
}

function linesOf(tree: Tree, folder: TreeInode): string[] {
  return entriesOf(tree, folder).map((entry) => {
    const row = tree.entryInode[entry]!;
    const name = nameOf(tree, entry).join();
    return hasType(tree, row, S_IFREG)
      ? `${name} ${tree.sizeBytes[row]} ${tree.mtime.seconds[row]} ${tree.mtime.nanoseconds[row]}`
      : `${name} ${hasType(tree, row, S_IFDIR)}`;
  });
}

function sizeBelow(tree: Tree, top: TreeInode): number {
  let sizeBytes = 0;
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(tree, folder)) {
      const row = tree.entryInode[entry]! as TreeInode;
      if (hasType(tree, row, S_IFDIR)) folders.push(row);
      if (hasType(tree, row, S_IFREG)) sizeBytes += tree.sizeBytes[row]!;
    }
  }
  return sizeBytes;
}

function entriesOf(tree: Tree, folder: TreeInode): TreeEntry[] {
  const first = tree.payload[folder]!;
  return Array.from(
    { length: tree.countChildren[folder]! },
    (_, i) => first + i as TreeEntry,
  );
}
