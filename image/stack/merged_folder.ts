/**
 * A folder of a stack, merged of the folders that lie at its path in several layers.
 *
 * As overlayfs has it: a name is that of the topmost layer. Folders are merged down to the first
 * layer where the path is something else, or whose folder is opaque.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import { UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import { foreignMark, isOpaque as saysOpaque, isWhiteout } from "../../ext4/overlay_marks.ts";
import { leaveOut, type LeavingOut } from "../../ext4/reader/leave_out.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { Entry } from "../../ext4/reader/walk/entry.ts";
import { inStack, type Layer } from "./layer.ts";

/** The folder in one layer. */
export interface FolderPart {
  readonly layer: Layer;
  /** Its number in the layer. */
  readonly inode: InodeNumber;
  /** Whether it may have attributes, and the mark among them. */
  readonly hasXattrs: boolean;
}

/** What a stack has under a name. */
export interface Found {
  /** As the stack shows it. */
  readonly stat: Stat;
  readonly layer: Layer;
  /** Of a folder, topmost first; else empty. */
  readonly parts: readonly FolderPart[];
}

/** An entry of a merged folder. */
export interface MergedEntry {
  readonly entry: Entry;
  /** Of a folder, topmost first; else empty. */
  readonly parts: readonly FolderPart[];
}

/** Looks a name up in a merged folder. */
export async function findChild(
  parts: readonly FolderPart[],
  name: Uint8Array,
): Promise<Found | undefined> {
  let top: { readonly stat: Stat; readonly layer: Layer } | undefined;
  const below: FolderPart[] = [];
  for (const here of parts) {
    const { layer, inode } = here;
    await requireOwnMarks(here);
    const stat = await layer.files.child(inode, name);
    if (stat === undefined) continue;
    if (isGone(stat)) break;
    if (stat.kind !== "folder") {
      if (top === undefined) return { stat: inStack(layer, stat), layer, parts: [] };
      break;
    }
    const part = partOf(layer, stat);
    top ??= { stat, layer };
    below.push(part);
    if (layer !== parts.at(-1)!.layer && await isOpaque(part)) break;
  }
  return top && { ...top, stat: folderStat(top.layer, top.stat, below), parts: below };
}

/**
 * All entries of a merged folder, many at a time, in no order that means anything.
 * @param leaving who receives what is broken, with its path below the folder
 */
export async function* mergedEntries(
  parts: readonly FolderPart[],
  leaving: LeavingOut,
): AsyncGenerator<MergedEntry[]> {
  try {
    for (const part of parts) await requireOwnMarks(part);
  } catch (error) {
    leaveOut(error, leaving, () => new Uint8Array());
  }
  if (parts.length === 1) return yield* entriesOfOne(parts[0]!, leaving);
  const names = new Map<string, Merging>();
  const twice: MergedEntry[] = [];
  for (const { layer, inode } of parts) {
    try {
      for await (const entries of layer.files.listBatches(inode, {}, leaving)) {
        for (const entry of entries) {
          const key = latin1(entry.name);
          const known = names.get(key);
          if (known === undefined) names.set(key, new Merging(entry, layer));
          // A name that a folder has twice is shown twice: whoever reads it finds out.
          else if (known.layer === layer) twice.push({ entry: own(layer, entry), parts: NO_PARTS });
          else if (known.isOpen) await known.addBelow(entry, layer);
        }
      }
    } catch (error) {
      // The folders above and below it may be sound.
      leaveOut(error, leaving, () => new Uint8Array());
    }
  }
  const merged = [...names.values()].filter(({ entry }) => !isGone(entry.stat));
  yield [
    ...merged.map(({ entry, layer, parts }) => {
      folderStat(layer, entry.stat, parts);
      return { entry, parts };
    }),
    ...twice,
  ];
}

/** The part that a folder with this metadata is. */
export function partOf(layer: Layer, { inode, hasXattrs }: Stat): FolderPart {
  return { layer, inode, hasXattrs };
}

/** The metadata of a folder as the stack shows it: the topmost's, and one link, as in overlayfs. */
export function folderStat(layer: Layer, stat: Stat, parts: readonly FolderPart[]): Stat {
  const shown: { -readonly [K in keyof Stat]: Stat[K] } = inStack(layer, stat);
  if (parts.length > 1) shown.countLinks = 1;
  return shown;
}

async function* entriesOfOne(
  { layer, inode }: FolderPart,
  leaving: LeavingOut,
): AsyncGenerator<MergedEntry[]> {
  for await (const entries of layer.files.listBatches(inode, {}, leaving)) {
    const merged: MergedEntry[] = [];
    for (const entry of entries) {
      const { stat } = entry;
      if (isGone(stat)) continue;
      const parts = stat.kind === "folder" ? [partOf(layer, stat)] : NO_PARTS;
      inStack(layer, stat);
      merged.push({ entry, parts });
    }
    yield merged;
  }
}

const NO_PARTS: readonly FolderPart[] = [];

/** A name that was met, and what of the layers below still belongs to it. */
class Merging {
  readonly parts: FolderPart[] = [];
  /** Whether a folder of the same name below belongs to it. */
  isOpen: boolean;

  constructor(readonly entry: Entry, readonly layer: Layer) {
    this.isOpen = entry.kind === "folder";
    if (this.isOpen) this.parts.push(partOf(layer, entry.stat));
  }

  async addBelow({ stat }: Entry, layer: Layer): Promise<void> {
    this.isOpen = stat.kind === "folder" && !await isOpaque(this.parts.at(-1)!);
    if (this.isOpen) this.parts.push(partOf(layer, stat));
  }
}

/** Whether what has this metadata says that its name is gone. */
export function isGone({ mode, device }: Pick<Stat, "mode" | "device">): boolean {
  return isWhiteout(mode, device);
}

/**
 * Nothing below the lowest image could be meant by its marks: there they are attributes.
 * @throws UnsupportedFeatureError for a mark that other programs make
 */
export async function requireOwnMarks(
  { layer, inode, hasXattrs }: Pick<FolderPart, "layer" | "inode" | "hasXattrs">,
): Promise<void> {
  if (!hasXattrs || layer.offset === 0) return;
  const mark = foreignMark(await layer.files.xattrs(inode));
  if (mark === undefined) return;
  throw new UnsupportedFeatureError(
    [`overlay-${mark}`],
    `cannot read inode ${inode} of ${layer.source.shownName} with what lies below: it has ` +
      `overlayfs' mark ${mark}, which another program has set. Mount the images with Linux.`,
  );
}

async function isOpaque({ layer, inode, hasXattrs }: FolderPart): Promise<boolean> {
  return hasXattrs && saysOpaque(await layer.files.xattrs(inode));
}

function own(layer: Layer, entry: Entry): Entry {
  inStack(layer, entry.stat);
  return entry;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
