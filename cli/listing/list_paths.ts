/**
 * What `icecore ls` prints.
 * @module
 */

import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { PathError } from "../../ext4/reader/path_error.ts";
import { EntryList } from "../../ext4/reader/walk/entry_list.ts";
import { NameList } from "../../ext4/reader/walk/name_list.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { type Mark, markOf } from "../../image/stack/mark_of.ts";
import { joined, joinedBelow, withoutSlashes } from "../arguments/image_path.ts";
import type { LeftOut } from "../arguments/salvage.ts";
import { findAllTyped, findTyped, findTypedItself, type Found } from "../arguments/typed_path.ts";
import { Lines } from "../output/lines.ts";
import { jsonLine } from "../output/output.ts";
import { entryJson } from "./entry_json.ts";
import { linkTarget } from "./link_target.ts";
import {
  behindName,
  columnsOfRow,
  type LongColumns,
  longColumns,
  type LongEntry,
  markText,
  totalRow,
} from "./long_rows.ts";

/** How to list. */
export interface ListOptions {
  readonly isLong: boolean;
  readonly isRecursive: boolean;
  /** Folders themselves instead of what is in them. */
  readonly isDirectory: boolean;
  readonly isHuman: boolean;
  readonly isJson: boolean;
}

/** Lists the paths: first what is not a folder, then folder by folder. */
export async function listPaths(
  image: ImageReader,
  leftOut: LeftOut,
  typed: readonly string[],
  options: ListOptions,
): Promise<void> {
  const found = await findAllTyped(image, typed, (path) => findListed(image, path, options));
  const isListed = ({ stat }: Found) => stat.kind === "folder" && !options.isDirectory;
  const listing = new Listing(image, leftOut, options, found.length > 1 || options.isRecursive);
  const single = found.filter((each) => !isListed(each));
  await listing.files(single.map(({ path, stat }) => ({ name: path, stat })));
  for (const each of found.filter(isListed)) await listing.folder(each);
  listing.lines.flush();
}

/** As `ls` does: a link to a folder is followed, but not with `-l` or `-d`. */
async function findListed(
  image: ImageReader,
  typed: string | Uint8Array,
  { isLong, isDirectory }: ListOptions,
): Promise<Found> {
  const itself = await findTypedItself(image, typed);
  const follows = itself.stat.kind === "symlink" &&
    ((typeof typed === "string" && typed.endsWith("/")) || (!isLong && !isDirectory));
  if (!follows) return itself;
  const target = await findTyped(image, typed, { followSymlinks: true }).catch((error) => {
    // It leads nowhere, and is listed itself; whatever else is wrong is an error.
    if (error instanceof PathError) return itself;
    throw error;
  });
  return target.stat.kind === "folder" ? target : itself;
}

class Listing {
  readonly lines = new Lines();
  #isFirst = true;

  constructor(
    private readonly image: ImageReader,
    private readonly leftOut: LeftOut,
    private readonly options: ListOptions,
    private readonly hasHeadings: boolean,
  ) {}

  async files(entries: readonly LongEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.leftOut.below(new Uint8Array());
    const place = { path: new Uint8Array(), relative: new Uint8Array() };
    if (this.options.isJson) await this.#json(place, entries);
    else if (!this.options.isLong) await this.#names(place, entries);
    else await this.#rows(place, entries, longColumns(entries, this.options.isHuman));
    this.#isFirst = false;
  }

  async folder({ path, stat }: Found): Promise<void> {
    const start = withoutSlashes(path);
    this.leftOut.below(start);
    if (this.options.isRecursive) {
      for await (const folder of this.image.walkFolders(stat.inode)) {
        const place = { path: join(start, folder.path), relative: folder.path, stat: folder.stat };
        await this.#oneFolder(place, folder.entries);
      }
      return;
    }
    if (this.#needsNamesOnly) return await this.#oneFolderOfNames(start, stat);
    const entries = new EntryList();
    // Many at a time: a promise for each of a million would take longer than to read them.
    for await (const some of this.image.listBatches(stat.inode)) {
      for (const entry of some) entries.add(entry.place, entry.stat);
    }
    await this.#oneFolder({ path: start, relative: new Uint8Array(), stat }, entries.sort());
  }

  /** Of a million names, metadata would be most of the memory, and nobody looks at it. */
  get #needsNamesOnly(): boolean {
    return !this.options.isLong && !this.options.isJson && !this.image.isLayerAlone;
  }

  async #oneFolderOfNames(path: Uint8Array, stat: Stat): Promise<void> {
    const names = new NameList();
    for await (const some of this.image.listBatches(stat.inode)) {
      for (const entry of some) names.add(entry.place);
    }
    this.#heading(path);
    for (const name of names.sort()) this.lines.addName(name);
  }

  async #oneFolder(place: Place, entries: Iterable<LongEntry>): Promise<void> {
    if (this.options.isJson) return await this.#json(place, entries);
    this.#heading(place.path);
    if (!this.options.isLong) return await this.#names(place, entries);
    const columns = longColumns(entries, this.options.isHuman);
    this.lines.add(totalRow(columns, this.options.isHuman));
    await this.#rows(place, entries, columns);
  }

  #heading(path: Uint8Array): void {
    if (this.hasHeadings) {
      if (!this.#isFirst) this.lines.add("");
      this.lines.add(`${path.length === 0 ? "/" : printable(path)}:`);
    }
    this.#isFirst = false;
  }

  async #names(place: Place, entries: Iterable<LongEntry>): Promise<void> {
    for (const entry of entries) {
      const mark = this.image.isLayerAlone
        ? await this.#markOf(place, entry.name, entry.stat)
        : undefined;
      if (mark === undefined) this.lines.addName(bytesOf(entry.name));
      else this.lines.add(printable(entry.name) + markText(mark));
    }
  }

  async #rows(place: Place, entries: Iterable<LongEntry>, columns: LongColumns): Promise<void> {
    const { isLayerAlone } = this.image;
    const { isHuman } = this.options;
    for (const { name, stat } of entries) {
      const hasMore = isLayerAlone || stat.kind === "symlink";
      const front = columnsOfRow(stat, columns, isHuman);
      if (hasMore) {
        const behind = behindName(await this.#more(place, name, stat));
        this.lines.add(`${front}${printable(name)}${behind}`);
      } else this.lines.addRow(front, bytesOf(name));
    }
  }

  async #json(place: Place, entries: Iterable<LongEntry>): Promise<void> {
    for (const { name, stat } of entries) {
      const target = await this.#targetOf(place, name, stat);
      const mark = await this.#markOf(place, name, stat);
      this.lines.add(jsonLine(entryJson(join(place.path, bytesOf(name)), stat, target, mark)));
    }
  }

  /** The target of a symbolic link, and the mark of a layer. */
  async #more(
    place: Place,
    name: string | Uint8Array,
    stat: Stat,
  ): Promise<Pick<LongEntry, "target" | "mark">> {
    const target = await this.#targetOf(place, name, stat);
    const mark = await this.#markOf(place, name, stat);
    return { ...target && { target }, ...mark && { mark } };
  }

  #markOf(place: Place, name: string | Uint8Array, stat: Stat): Promise<Mark | undefined> {
    return markOf(this.image, stat, () => joinedBelow(place.relative, bytesOf(name)));
  }

  #targetOf(place: Place, name: string | Uint8Array, stat: Stat): Promise<Uint8Array | undefined> {
    const path = () => joinedBelow(place.relative, bytesOf(name));
    return linkTarget(this.image, stat, place.stat, path);
  }
}

/** A folder whose entries are printed, or the top of what was typed. */
interface Place {
  readonly path: Uint8Array;
  /** Below the path that was typed. */
  readonly relative: Uint8Array;
  readonly stat?: Stat;
}

const encoder = new TextEncoder();
const SLASH = 0x2f;

function bytesOf(name: string | Uint8Array): Uint8Array {
  return typeof name === "string" ? encoder.encode(name) : name;
}

function join(folder: Uint8Array, name: Uint8Array): Uint8Array {
  if (name.length === 0) return folder;
  const isAbsolute = folder.length === 0 && name[0] === SLASH;
  return isAbsolute ? name : joined(folder, name);
}
