/**
 * Names, metadata and contents of a stack of images, merged as overlayfs merges them.
 *
 * It offers what `FileSystem` offers of one image. The inodes of the lowest layer keep their
 * numbers, and those of each layer above are counted on behind them; the root is 2 all the same.
 * @module
 */

import { type InodeNumber, ROOT_INODE } from "../../ext4/numbers.ts";
import { shownXattrs } from "../../ext4/overlay_marks.ts";
import type { FileReference, FollowOptions } from "../../ext4/reader/file_system.ts";
import type { LeavingOut, OnBroken, OnUnsupported } from "../../ext4/reader/leave_out.ts";
import type { ContiguousStat, Stat } from "../../ext4/reader/metadata/stat.ts";
import type { ImageInfo } from "../../ext4/reader/open/image_info.ts";
import { wholePath } from "../../ext4/reader/path.ts";
import { requireKind } from "../../ext4/reader/require_kind.ts";
import { Entry, WalkedEntry, type WalkedFolder } from "../../ext4/reader/walk/entry.ts";
import type { Zone } from "../../ext4/reader/zones.ts";
import type { Xattr } from "../../ext4/tree.ts";
import type { ImageFile } from "../image_file.ts";
import type { ReadableFiles } from "../source_reader.ts";
import { KnownFolders } from "./known_folders.ts";
import { inLayer, inStack, type Layer, layerOf } from "./layer.ts";
import {
  findChild,
  type FolderPart,
  folderStat,
  type Found,
  mergedEntries,
  type MergedEntry,
  partOf,
  requireOwnMarks,
} from "./merged_folder.ts";
import { resolvePath } from "./resolve_path.ts";
import { walkStack } from "./stack_walk.ts";

/** The files of a stack. */
export class StackFiles implements ReadableFiles, LeavingOut {
  readonly #layers: readonly Layer[];
  readonly #known = new KnownFolders();
  #rootParts: readonly FolderPart[] | undefined;

  /** @param layers topmost first, two or more */
  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  get #top(): Layer {
    return this.#layers[0]!;
  }

  /** That of the topmost image. */
  get info(): ImageInfo {
    return this.#top.files.info;
  }

  get onBroken(): OnBroken | undefined {
    return this.#top.files.onBroken;
  }

  get onUnsupported(): OnUnsupported | undefined {
    return this.#top.files.onUnsupported;
  }

  async stat(file: FileReference, options: FollowOptions = {}): Promise<Stat> {
    return (await this.#find(file, options)).stat;
  }

  async *list(folder: FileReference, options: FollowOptions = {}): AsyncGenerator<Entry> {
    for await (const entries of this.listBatches(folder, options)) yield* entries;
  }

  async *listBatches(
    folder: FileReference,
    options: FollowOptions = {},
  ): AsyncGenerator<Entry[]> {
    const { parts } = await this.#folder(folder, options);
    for await (const batch of mergedEntries(parts, this)) yield this.#entriesOf(batch);
  }

  async *walk(folder: FileReference = "/"): AsyncGenerator<WalkedEntry> {
    for await (const entries of this.walkBatches(folder)) yield* entries;
  }

  async *walkBatches(folder: FileReference = "/"): AsyncGenerator<WalkedEntry[]> {
    const top = await this.#folder(folder, {});
    for await (
      const { batches, ...current } of walkStack(
        wholePath(folder) ?? new Uint8Array(),
        top,
        false,
        this,
      )
    ) {
      for await (const batch of batches) {
        yield this.#entriesOf(batch).map(({ name, stat }) => {
          const raw = { bytes: name, nameAt: 0, nameLength: name.length, name };
          return new WalkedEntry(current, { ...raw, inode: stat.inode, fileType: 0 }, stat);
        });
      }
    }
  }

  async *walkFolders(folder: FileReference = "/"): AsyncGenerator<WalkedFolder> {
    const top = await this.#folder(folder, {});
    for await (
      const { batches, ...current } of walkStack(
        wholePath(folder) ?? new Uint8Array(),
        top,
        true,
        this,
      )
    ) {
      const all: Entry[] = [];
      for await (const batch of batches) for (const each of this.#entriesOf(batch)) all.push(each);
      yield { ...current, entries: all.sort(Entry.compare) };
    }
  }

  async openFile(file: FileReference, options: FollowOptions = {}): Promise<ImageFile> {
    const { stat, layer } = await this.#find(file, options);
    requireKind(file, stat, "file", "not-a-file");
    const inode = inLayer(layer, stat.inode);
    await requireOwnMarks({ layer, inode, hasXattrs: stat.hasXattrs });
    const open = await layer.files.openFile(inode);
    return {
      stat,
      read: (offsetBytes, into) => open.read(offsetBytes, into),
      readApart: (offsetBytes, into) => open.readApart(offsetBytes, into),
      pieces: (options) => open.pieces(options),
      dataRanges: () => open.dataRanges(),
    };
  }

  readContiguous({ inode, contentsAt }: ContiguousStat, into: Uint8Array): void | Promise<void> {
    const layer = layerOf(this.#layers, inode);
    return layer.files.readContiguous({ inode: inLayer(layer, inode), contentsAt }, into);
  }

  async readLink(file: FileReference): Promise<Uint8Array> {
    const { stat, layer } = await this.#find(file, {});
    requireKind(file, stat, "symlink", "not-a-symlink");
    return await layer.files.readLink(inLayer(layer, stat.inode));
  }

  async xattrs(file: FileReference, options: FollowOptions = {}): Promise<Xattr[]> {
    if (typeof file === "number" && file !== ROOT_INODE) {
      const layer = layerOf(this.#layers, file);
      return shownXattrs(await layer.files.xattrs(inLayer(layer, file)));
    }
    const { stat, layer, parts } = await this.#find(file, options);
    const inode = parts[0]?.inode ?? inLayer(layer, stat.inode);
    return shownXattrs(await layer.files.xattrs(inode));
  }

  /** Those of the topmost image: what lies where is said of that alone. */
  zones(hasRecord: boolean): Promise<Zone[]> {
    return this.#top.files.zones(hasRecord);
  }

  /** The same: what lies in other images has none. */
  stretches(inode: InodeNumber): ReturnType<ReadableFiles["stretches"]> {
    const layer = layerOf(this.#layers, inode);
    return layer === this.#top ? layer.files.stretches(inLayer(layer, inode)) : [];
  }

  async #find(file: FileReference, { followSymlinks = false }: FollowOptions): Promise<Found> {
    if (typeof file === "number") return await this.#findNumber(file);
    const meet = ({ stat, parts }: Found) => this.#meet(stat, parts);
    return await resolvePath(await this.#root(), file, followSymlinks, meet);
  }

  async #root(): Promise<Found> {
    const layer = this.#top;
    const stat = await layer.files.stat(ROOT_INODE);
    this.#rootParts ??= await Promise.all(
      this.#layers.map(async (layer) => partOf(layer, await layer.files.stat(ROOT_INODE))),
    );
    const parts = this.#rootParts;
    const shown = { ...folderStat(layer, stat, parts), inode: ROOT_INODE };
    return { stat: shown, layer, parts };
  }

  async #findNumber(number: InodeNumber): Promise<Found> {
    if (number === ROOT_INODE) return await this.#root();
    const layer = layerOf(this.#layers, number);
    const stat = await layer.files.stat(inLayer(layer, number));
    if (stat.kind !== "folder") return { stat: inStack(layer, stat), layer, parts: [] };
    const parts = this.#known.get(number) ?? await this.#partsOf(layer, stat);
    return { stat: folderStat(layer, stat, parts), layer, parts };
  }

  async #folder(file: FileReference, options: FollowOptions): Promise<Found> {
    const found = await this.#find(file, options);
    requireKind(file, found.stat, "folder", "not-a-folder");
    return found;
  }

  /** The entries of a batch; where their folders are merged of is remembered. */
  #entriesOf(batch: readonly MergedEntry[]): Entry[] {
    return batch.map(({ entry, parts }) => {
      this.#meet(entry.stat, parts);
      return entry;
    });
  }

  #meet({ inode }: Stat, parts: readonly FolderPart[]): void {
    if (parts.length > 0) this.#known.add(inode, parts);
  }

  /** The parts of a folder of which nothing but its number is known any more: by its path. */
  async #partsOf(layer: Layer, stat: Stat): Promise<readonly FolderPart[]> {
    const alone = [partOf(layer, stat)];
    if (layer === this.#layers.at(-1)) return alone;
    const names: Uint8Array[] = [];
    for (let inode = stat.inode; inode !== ROOT_INODE;) {
      const parent = await layer.files.parentOf(inode);
      const name = await nameIn(layer, parent, inode);
      if (name === undefined || names.length > MAX_DEPTH) return alone;
      names.push(name);
      inode = parent;
    }
    let at: Found | undefined = await this.#root();
    for (const name of names.reverse()) at = at && await findChild(at.parts, name);
    const isShown = at !== undefined && at.layer === layer && at.parts[0]?.inode === stat.inode;
    const parts = isShown ? at!.parts : alone;
    this.#known.add(stat.inode + layer.offset, parts);
    return parts;
  }
}

/** As deep as a walk goes. */
const MAX_DEPTH = 65_536;

async function nameIn(
  layer: Layer,
  folder: InodeNumber,
  inode: InodeNumber,
): Promise<Uint8Array | undefined> {
  for await (const entry of layer.files.list(folder)) {
    if (entry.inode === inode) return entry.name;
  }
  return undefined;
}
