/**
 * What `icecore ls` prints.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { Entry } from "../../ext4/reader/entry.ts";
import { PathError } from "../../ext4/reader/path_error.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ImageReader } from "../../steps/image/image_reader.ts";
import { joined, withoutSlashes } from "../image_path.ts";
import { Lines } from "../lines.ts";
import { jsonLine } from "../output.ts";
import { findTyped, findTypedItself, type Found } from "../typed_path.ts";
import { entryJson } from "./entry_json.ts";
import { type LongEntry, longRows, totalRow } from "./long_rows.ts";

/** How to list. */
export interface ListOptions {
  readonly isLong: boolean;
  readonly isRecursive: boolean;
  /** Folders themselves instead of what is in them. */
  readonly isDirectory: boolean;
  readonly isHuman: boolean;
  readonly isJson: boolean;
}

/** Lists the paths: first what is no folder, then folder by folder. */
export async function listPaths(
  image: ImageReader,
  typed: readonly string[],
  options: ListOptions,
): Promise<void> {
  const found: Found[] = [];
  for (const path of typed) found.push(await findListed(image, path, options));
  const isListed = ({ stat }: Found) => stat.kind === "folder" && !options.isDirectory;
  const listing = new Listing(image, options, found.length > 1 || options.isRecursive);
  const single = found.filter((each) => !isListed(each));
  await listing.files(single.map(({ path, stat }) => ({ name: path, stat })));
  for (const each of found.filter(isListed)) await listing.folder(each);
  listing.lines.flush();
}

/** As `ls` does: a link to a folder is followed, but not with `-l` or `-d`. */
async function findListed(
  image: ImageReader,
  typed: string,
  { isLong, isDirectory }: ListOptions,
): Promise<Found> {
  const itself = await findTypedItself(image, typed);
  const follows = itself.stat.kind === "symlink" &&
    (typed.endsWith("/") || (!isLong && !isDirectory));
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
    private readonly options: ListOptions,
    private readonly hasHeadings: boolean,
  ) {}

  async files(entries: readonly LongEntry[]): Promise<void> {
    if (entries.length === 0) return;
    if (this.options.isJson) await this.#json(new Uint8Array(), entries);
    else await this.#rows(entries);
    this.#isFirst = false;
  }

  async folder({ path, stat }: Found): Promise<void> {
    const start = withoutSlashes(path);
    if (this.options.isRecursive) {
      for await (const folder of this.image.walkFolders(stat.inode)) {
        await this.#oneFolder(join(start, folder.path), folder.entries);
      }
      return;
    }
    const entries: Entry[] = [];
    for await (const entry of this.image.list(stat.inode)) entries.push(entry);
    entries.sort((a, b) => compareBytes(a.name, b.name));
    await this.#oneFolder(start, entries);
  }

  async #oneFolder(path: Uint8Array, entries: readonly Entry[]): Promise<void> {
    if (this.options.isJson) return await this.#json(path, entries);
    if (this.hasHeadings) {
      if (!this.#isFirst) this.lines.add("");
      this.lines.add(`${path.length === 0 ? "/" : printable(path)}:`);
    }
    this.#isFirst = false;
    if (this.options.isLong) this.lines.add(totalRow(entries, this.options.isHuman));
    await this.#rows(entries);
  }

  async #rows(entries: readonly LongEntry[]): Promise<void> {
    if (!this.options.isLong) {
      for (const { name } of entries) this.lines.add(printable(name));
      return;
    }
    const whole = entries.some(({ stat }) => stat.kind === "symlink")
      ? await this.#withTargets(entries)
      : entries;
    for (const row of longRows(whole, this.options.isHuman)) this.lines.add(row);
  }

  async #json(folder: Uint8Array, entries: readonly LongEntry[]): Promise<void> {
    for (const { name, stat } of entries) {
      const bytes = typeof name === "string" ? encoder.encode(name) : name;
      const target = stat.kind === "symlink" ? await this.image.readLink(stat.inode) : undefined;
      this.lines.add(jsonLine(entryJson(join(folder, bytes), stat, target)));
    }
  }

  async #withTargets(entries: readonly LongEntry[]): Promise<LongEntry[]> {
    const whole: LongEntry[] = [];
    for (const { name, stat } of entries) {
      const target = stat.kind === "symlink" ? await this.image.readLink(stat.inode) : undefined;
      whole.push(target === undefined ? { name, stat } : { name, stat, target });
    }
    return whole;
  }
}

const encoder = new TextEncoder();
const SLASH = 0x2f;

function join(folder: Uint8Array, name: Uint8Array): Uint8Array {
  if (name.length === 0) return folder;
  const isAbsolute = folder.length === 0 && name[0] === SLASH;
  return isAbsolute ? name : joined(folder, name);
}
