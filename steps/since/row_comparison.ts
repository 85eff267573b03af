/**
 * Whether an inode of the source is what the base shows under its name, contents included.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { clampSeconds } from "../../ext4/times.ts";
import { hasType, S_IFMT, S_IFREG, targetOf, type TreeInode } from "../../ext4/tree.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { isOfTheFuture } from "../../source/settling.ts";
import { AttributeComparison } from "./attributes.ts";
import type { BaseEntry, BaseImage } from "./base_image.ts";
import { CHANGE } from "./changes.ts";
import type { ContentComparison } from "./contents.ts";
import { type ComparedTimes, metadataChange } from "./metadata.ts";

/** How rows are compared. */
export interface RowComparisonOptions {
  /** Whether contents are read and compared, whatever the times say. */
  readonly readsContents: boolean;
  /** Gives what reads contents, where that is needed. */
  readonly contents: () => Promise<ContentComparison>;
  /** Of this machine, since 1970. */
  readonly nowMs: number;
}

type Change = typeof CHANGE[keyof typeof CHANGE];

/** Compares one row after the other. */
export class RowComparison {
  readonly #attributes: AttributeComparison;
  readonly #times: ComparedTimes;
  /** That of modification. */
  readonly #comparesOneTime: boolean;

  constructor(
    private readonly source: ScannedSource,
    private readonly base: BaseImage,
    private readonly options: RowComparisonOptions,
  ) {
    const { tree, ctime } = source;
    this.#attributes = new AttributeComparison(tree);
    // Who restores a file sets its time of modification, and cannot set the others: where contents
    // are read, these say nothing.
    this.#times = base.hasAllTimes && !options.readsContents
      ? { ctime: tree.ctime ?? ctime, crtime: tree.crtime }
      : {};
    this.#comparesOneTime = this.#times.ctime === undefined && this.#times.crtime === undefined;
  }

  /** Whether a row with one name is unchanged, as most are: seen without all metadata of the base. */
  isPlainlySame(row: TreeInode, entry: Pick<BaseEntry, "isPlainFile">): boolean {
    const { mode, uid, gid, sizeBytes, mtime } = this.source.tree;
    if (!this.#comparesOneTime || (mode[row]! & S_IFMT) !== S_IFREG) return false;
    const file = {
      mode: mode[row]!,
      uid: uid[row]!,
      gid: gid[row]!,
      sizeBytes: sizeBytes[row]!,
      seconds: clampSeconds(mtime.seconds[row]!),
      nanoseconds: mtime.nanoseconds[row]!,
    };
    return entry.isPlainFile(file) && !this.#attributes.hasAny(row) && !this.#readsContents(row);
  }

  /** One of {@linkcode CHANGE}; a promise where more than the inode has to be read. */
  changeOf(row: TreeInode, stat: Stat): Change | Promise<Change> {
    const change = metadataChange(this.source.tree, row, stat, this.#times);
    if (change !== undefined) return CHANGE[change];
    const isPlain = !stat.hasXattrs && stat.kind !== "symlink" && !this.#attributes.hasAny(row);
    if (isPlain && !this.#readsContents(row)) return CHANGE.none;
    return this.#lookDeeper(row, stat);
  }

  async #lookDeeper(row: TreeInode, stat: Stat): Promise<Change> {
    const { base, source } = this;
    if (stat.kind === "symlink") {
      const target = await base.target(stat.inode);
      if (compareBytes(target, targetOf(source.tree, row)) !== 0) return CHANGE.contents;
    }
    const xattrs = stat.hasXattrs ? await base.xattrs(stat.inode) : [];
    if (!this.#attributes.isSame(row, xattrs)) return CHANGE.metadata;
    if (!this.#readsContents(row)) return CHANGE.none;
    const recorded = await base.contents(stat);
    const isSame = recorded !== undefined &&
      await (await this.options.contents()).isSame(row, recorded);
    return isSame ? CHANGE.none : CHANGE.contents;
  }

  #readsContents(row: TreeInode): boolean {
    const { source, options } = this;
    const { tree, ctime } = source;
    if (tree.sizeBytes[row] === 0 || !hasType(tree, row, S_IFREG)) return false;
    return options.readsContents || isOfTheFuture({ mtime: tree.mtime, ctime }, row, options.nowMs);
  }
}
